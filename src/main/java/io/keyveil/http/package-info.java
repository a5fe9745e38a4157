/**
 * The public face: routes, problems, limits and drain.
 *
 * <p>Starting points: {@link io.keyveil.http.PublicServer} listens and routes; {@link
 * io.keyveil.http.DownloadRoute} turns a request into types and obeys the outcome; {@link
 * io.keyveil.http.FilesApi} is for backends.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
