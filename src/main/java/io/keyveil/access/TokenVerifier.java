package io.keyveil.access;

import io.vertx.core.Future;

/** Turns a presented token into a subject, or says why not. */
public interface TokenVerifier {
  /**
   * Verifies signature and claims.
   *
   * @return the verdict; fails with {@link KeysUnavailableException} when the token's issuer is
   *     ours but none of its keys could be had, so that no verdict is possible
   */
  Future<Verification> verify(Token token);
}
