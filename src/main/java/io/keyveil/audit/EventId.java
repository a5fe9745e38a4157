package io.keyveil.audit;

import java.security.SecureRandom;
import java.util.Base64;

/** The name of one event: 128 random bits as base64url; a completion repeats its intent's. */
public record EventId(String text) {
  private static final int BYTES = 16;

  public static EventId random(SecureRandom random) {
    byte[] bits = new byte[BYTES];
    random.nextBytes(bits);
    return new EventId(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  @Override
  public String toString() {
    return text;
  }
}
