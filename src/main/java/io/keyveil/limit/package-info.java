/**
 * How much anybody may ask for in a time: requests, bytes, failed credentials.
 *
 * <p>Starting points: {@link io.keyveil.limit.Limits} is asked; {@link io.keyveil.limit.Limit}
 * lists what is limited, and {@link io.keyveil.limit.Party} who is counted. A new kind of party is
 * one more factory there, and what it is limited in one more constant and its {@link
 * io.keyveil.limit.RateSettings rate}.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
