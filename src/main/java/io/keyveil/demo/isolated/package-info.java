/** The only code that sees the demo's libraries; loaded by the demo's own class loader. */
@NullMarked
@CheckReturnValue
package io.keyveil.demo.isolated;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
