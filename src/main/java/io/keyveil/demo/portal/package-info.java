/**
 * A small portal of a clinic that does not exist: what a backend that hands out files through the
 * gateway looks like, and what its patients see.
 *
 * <p>Starting point: {@link io.keyveil.demo.portal.Portal}. It knows the gateway by its API alone.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.demo.portal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
