/**
 * What operators look at: health, meters and the management listener.
 *
 * <p>Starting point: {@link io.keyveil.ops.ManagementServer}.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.ops;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
