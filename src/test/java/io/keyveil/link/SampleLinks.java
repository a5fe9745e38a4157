package io.keyveil.link;

import io.keyveil.file.FileId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Links and visitors for tests. */
public final class SampleLinks {
  public static final Instant NOW = Instant.parse("2027-01-31T12:00:00.123Z");
  public static final SecureRandom RANDOM = new SecureRandom();
  public static final FileId FILE = new FileId("AAAAAAAAAAAAAAAAAAAAAA");

  private SampleLinks() {}

  public static Link link(OptionalInt maxDownloads, boolean landing) {
    return new Link(
        LinkId.random(RANDOM),
        LinkToken.random(RANDOM).digest(),
        List.of(new LinkedFile(Optional.empty(), FILE)),
        NOW,
        NOW.plus(Duration.ofMinutes(10)),
        maxDownloads,
        landing,
        Optional.of("alice"),
        "discharge letter",
        Optional.of(new Minter("https://idp.example.org/", "portal")),
        Optional.empty());
  }

  /** A visitor without cookies, who wants it whole. */
  public static Visit by(String client) {
    return new Visit(Set.of(), client, false, false, false);
  }
}
