/** The house put together: the gateway's wiring in one file, and one class per command. */
@NullMarked
@CheckReturnValue
package io.keyveil.app;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
