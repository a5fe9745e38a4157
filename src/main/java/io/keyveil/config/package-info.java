/**
 * The settings file and the environment, mapped to each feature's settings record.
 *
 * <p>Starting points: {@link io.keyveil.config.ConfigReader} reads and checks; {@link
 * io.keyveil.config.KeyveilSettings} is what comes out; {@code SettingsMapping} has every setting's
 * name.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
