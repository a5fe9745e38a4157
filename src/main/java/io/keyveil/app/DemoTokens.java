package io.keyveil.app;

import io.keyveil.access.TokenMint;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tokens of the demo's issuer. */
final class DemoTokens {
  private static final Duration LIFE = Duration.ofHours(12);

  private final TokenMint mint;

  DemoTokens(DemoHouse house) {
    try {
      this.mint =
          TokenMint.of(
              Files.readString(house.issuerKey()),
              Optional.empty(),
              InstantSource.system(),
              new SecureRandom());
    } catch (IOException e) {
      throw new CommandFailedException(house.issuerKey() + " cannot be read");
    }
  }

  /** By name: two patients, and a backend. */
  Map<String, String> all() {
    Map<String, String> tokens = new LinkedHashMap<>();
    tokens.put("alice", mint("alice", Set.of("files:read"), "p-17"));
    tokens.put("bob", mint("bob", Set.of("files:read"), "p-99"));
    tokens.put("operator", operator());
    return tokens;
  }

  /** The backend's. */
  String operator() {
    return mint(
        "operator",
        Set.of("files:read", "files:write", "files:manage", "blocks:write", "links:write"),
        "none");
  }

  private String mint(String subject, Set<String> scopes, String patient) {
    return mint.mint(
        new TokenMint.Grant(
            DemoHouse.ISSUER,
            DemoHouse.AUDIENCE,
            subject,
            scopes,
            Map.of("patient", List.of(patient)),
            LIFE));
  }
}
