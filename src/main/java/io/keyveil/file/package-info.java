/**
 * What an ID names: the record of a file, the port to the store that keeps it, and registration.
 *
 * <p>Starting points: {@link io.keyveil.file.FileRecord} and {@link io.keyveil.file.FileStore}.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.file;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
