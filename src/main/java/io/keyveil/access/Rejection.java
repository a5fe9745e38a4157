package io.keyveil.access;

import java.util.Locale;

/** Why a token was rejected. Clients get one text for all of them; operators get this. */
public enum Rejection {
  /** Longer than the accepted length. */
  TOO_LONG,
  /** Not three canonical base64url segments of strict JSON. */
  MALFORMED,
  /** A header that is not accepted: {@code crit}, {@code b64}, a key inside the token. */
  HEADER,
  /** {@code alg} is not on the issuer's list, or is not the key's own. */
  ALGORITHM,
  /** {@code typ} is not on the list. */
  TYPE,
  /** {@code iss} is not one of ours. */
  ISSUER,
  /** No key of this issuer has the token's {@code kid}. */
  KEY,
  /** The signature does not hold. */
  SIGNATURE,
  /** {@code aud} does not name us. */
  AUDIENCE,
  /** {@code exp} has passed. */
  EXPIRED,
  /** {@code nbf} or {@code iat} lies in the future. */
  NOT_YET_VALID,
  /** The token lives longer than tokens may. */
  LIFE,
  /** A claim is missing or has the wrong form. */
  CLAIMS;

  /** The word for logs, metrics and the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
