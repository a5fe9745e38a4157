package io.keyveil.s3;

import io.keyveil.audit.ShipSettings;
import io.keyveil.audit.ShipSettings.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Compares what S3 says of a copy with what was sent. What a server does not report cannot be
 * compared; the size always can.
 */
final class CopyCheck {
  private static final Pattern MD5 = Pattern.compile("\"?([0-9a-f]{32})\"?");

  /** How far two clocks may be apart. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final CopyDigests sent;
  private final ShipSettings settings;

  CopyCheck(CopyDigests sent, ShipSettings settings) {
    this.sent = sent;
    this.settings = settings;
  }

  /** What is not as it should be; empty if all that can be seen is. */
  Optional<String> fault(HeadObjectResponse copy) {
    if (copy.contentLength() == null || copy.contentLength() != sent.size()) {
      return Optional.of("size");
    }
    if (!isSame(copy)) {
      return Optional.of("checksum");
    }
    return settings.mode() == Mode.NONE ? Optional.empty() : lock(copy);
  }

  private boolean isSame(HeadObjectResponse copy) {
    if (copy.checksumSHA256() != null) {
      return copy.checksumSHA256().equals(sent.sha256());
    }
    ServerSideEncryption encryption = copy.serverSideEncryption();
    boolean plain = encryption == null || encryption == ServerSideEncryption.AES256;
    var tag = MD5.matcher(copy.eTag() == null ? "" : copy.eTag());
    return !plain || !tag.matches() || tag.group(1).equals(sent.etag());
  }

  private Optional<String> lock(HeadObjectResponse copy) {
    String mode = copy.objectLockModeAsString();
    if (mode != null && !mode.equals(settings.mode().word().toUpperCase(Locale.ROOT))) {
      return Optional.of("lock");
    }
    Instant until = copy.objectLockRetainUntilDate();
    Instant written = copy.lastModified();
    boolean tooShort =
        until != null
            && written != null
            && until.isBefore(written.plus(settings.retention()).minus(CLOCKS));
    return tooShort ? Optional.of("retention") : Optional.empty();
  }
}
