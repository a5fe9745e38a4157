/**
 * Who asks, and may they: tokens, the keys of issuers, subjects and access rules.
 *
 * <p>Starting points: {@link io.keyveil.access.TokenVerifier} turns a token into a subject, and
 * {@link io.keyveil.access.JwtVerifier} shows how; {@link io.keyveil.access.AccessRule} decides
 * whether that subject may have a file, and {@link io.keyveil.access.AccessRules} reads such rules;
 * {@link io.keyveil.access.TokenMint} signs tokens for trials.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.access;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
