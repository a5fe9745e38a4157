/**
 * What people see in a browser: the landing page of a link, and a page for each thing that can go
 * wrong, in the clinic's colours and in the reader's language, without a script.
 *
 * <p>Starting points: {@link io.keyveil.page.Pages} makes them; {@link io.keyveil.page.Notice}
 * names those that only say something. The texts and templates are resources beside these classes,
 * and each can be replaced by a file of the same name.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.page;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
