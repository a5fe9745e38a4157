/**
 * How bytes leave: the decision, what it is made of, and the port to where objects are read.
 *
 * <p>Starting points: {@link io.keyveil.delivery.Downloads} decides about a request and records it;
 * {@link io.keyveil.delivery.DeliveryPlanner} is the pure part of that; {@link
 * io.keyveil.delivery.Transfer} moves the bytes.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.delivery;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
