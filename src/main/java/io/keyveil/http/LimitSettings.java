package io.keyveil.http;

import io.keyveil.delivery.DataSize;
import io.keyveil.limit.RateSettings;
import java.time.Duration;

/**
 * What a client may send and how long it may take.
 *
 * @param headers all header fields of a request together, 32 KiB to 256 KiB
 * @param requestLine the first line of a request, 1 KiB to 64 KiB
 * @param body the body of an API request, 1 KiB to 16 MiB
 * @param idle how long a connection without a request may stay open, and a request's body may take,
 *     1 second to 1 hour
 * @param downloads how many downloads may stream at once, 1 to 1000000; redirects do not count
 * @param downloadsPerSubject how many of them may be one subject's, 1 to 1000000, or 0 for no limit
 *     of its own
 * @param rates how fast anybody may ask
 */
public record LimitSettings(
    DataSize headers,
    DataSize requestLine,
    DataSize body,
    Duration idle,
    int downloads,
    int downloadsPerSubject,
    RateSettings rates) {
  public static final LimitSettings DEFAULTS =
      new LimitSettings(
          DataSize.kibibytes(64),
          DataSize.kibibytes(16),
          DataSize.mebibytes(1),
          Duration.ofSeconds(75),
          20_000,
          10_000,
          RateSettings.DEFAULTS);

  public LimitSettings {
    within("headers", headers, DataSize.kibibytes(32), DataSize.kibibytes(256));
    within("requestLine", requestLine, DataSize.kibibytes(1), DataSize.kibibytes(64));
    within("body", body, DataSize.kibibytes(1), DataSize.mebibytes(16));
    if (idle.compareTo(Duration.ofSeconds(1)) < 0 || idle.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("idle: " + idle + " (expected: 1 second to 1 hour)");
    }
    if (downloads < 1 || downloads > 1_000_000) {
      throw new IllegalArgumentException("downloads: " + downloads + " (expected: 1 to 1000000)");
    }
    if (downloadsPerSubject < 0 || downloadsPerSubject > 1_000_000) {
      throw new IllegalArgumentException(
          "downloadsPerSubject: " + downloadsPerSubject + " (expected: 0 to 1000000)");
    }
  }

  private static void within(String name, DataSize found, DataSize least, DataSize most) {
    if (found.bytes() < least.bytes() || found.bytes() > most.bytes()) {
      throw new IllegalArgumentException(
          name + ": " + found + " (expected: " + least + " to " + most + ")");
    }
  }
}
