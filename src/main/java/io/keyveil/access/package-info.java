/**
 * Who asks, and may they: tokens, the keys of issuers, subjects and access rules.
 *
 * <p>Starting points: {@link io.keyveil.access.TokenVerifier} turns a token into a subject; {@link
 * io.keyveil.access.AccessRule} decides whether that subject may have a file.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.access;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
