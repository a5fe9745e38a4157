package io.keyveil.delivery;

import io.keyveil.file.DeliveryPolicy;
import java.time.Duration;
import java.util.List;

/**
 * How bytes leave.
 *
 * @param policy how files are delivered that do not say it themselves
 * @param redirectAbove from which size on {@code auto} redirects
 * @param presignedFor how long a presigned URL lives, 1 second to 5 minutes
 * @param readScope the scope a token needs to download at all; empty asks for none
 * @param firstByteTimeout how long S3 may take until its answer begins, 1 second to 5 minutes
 * @param stallTimeout how long a client may stand still in the middle of a body, 1 second to 1 hour
 * @param inlineTypes media types that a browser may show in place; markup that runs scripts is
 *     never among them
 * @param integrity by which checksum whole files are checked while they pass: a CRC, SHA-256 (or a
 *     CRC where that is not known), or none
 * @param resume how hard the gateway tries to finish what S3 began
 * @param offload whether an nginx in front carries the bytes of streams
 */
public record DeliverySettings(
    DeliveryPolicy policy,
    DataSize redirectAbove,
    Duration presignedFor,
    String readScope,
    Duration firstByteTimeout,
    Duration stallTimeout,
    List<String> inlineTypes,
    Integrity integrity,
    ResumeSettings resume,
    OffloadSettings offload) {

  public static final DeliverySettings DEFAULTS =
      new DeliverySettings(
          DeliveryPolicy.AUTO,
          DataSize.mebibytes(16),
          Duration.ofMinutes(5),
          "files:read",
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          List.of(
              "application/pdf",
              "audio/mpeg",
              "audio/ogg",
              "image/avif",
              "image/gif",
              "image/jpeg",
              "image/png",
              "image/webp",
              "text/plain",
              "video/mp4",
              "video/webm"),
          Integrity.CRC,
          ResumeSettings.DEFAULTS,
          OffloadSettings.DEFAULTS);

  public DeliverySettings {
    inlineTypes = List.copyOf(inlineTypes);
    within("presignedFor", presignedFor, Duration.ofSeconds(1), Duration.ofMinutes(5));
    within("firstByteTimeout", firstByteTimeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
    within("stallTimeout", stallTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
    for (String type : inlineTypes) {
      if (runsScripts(type)) {
        throw new IllegalArgumentException(
            "inlineTypes: " + type + " (expected: no HTML, SVG or XML, which run scripts)");
      }
    }
  }

  private static boolean runsScripts(String type) {
    return type.contains("html") || type.contains("svg") || type.contains("xml");
  }

  private static void within(String name, Duration found, Duration least, Duration most) {
    if (found.compareTo(least) < 0 || found.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + ": " + found + " (expected: " + least + " to " + most + ")");
    }
  }
}
