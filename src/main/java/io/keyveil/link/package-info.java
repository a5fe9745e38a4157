/**
 * Links: capabilities that a trusted backend mints for people whose browser cannot send a header.
 *
 * <p>Starting points: {@link io.keyveil.link.Links} mints and revokes, {@link
 * io.keyveil.link.LinkState} decides whether a visitor may use one, and {@link
 * io.keyveil.link.LinkStore} is where they are kept.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.link;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
