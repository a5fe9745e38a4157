package io.keyveil.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A token taken apart, by RFC 7515 section 7.1 and not one bit more; nothing is verified yet. */
final class Jws {
  private static final StrictJson JSON = new StrictJson(16, 65_536);

  private final ObjectNode header;
  private final byte[] payload;
  private final byte[] signingInput;
  private final byte[] signature;

  private Jws(ObjectNode header, byte[] payload, byte[] signingInput, byte[] signature) {
    this.header = header;
    this.payload = payload;
    this.signingInput = signingInput;
    this.signature = signature;
  }

  /** Takes a token in compact form apart. */
  static Checked<Jws> parse(String compact, int maxLength) {
    return compact.length() > maxLength
        ? new Refused<>(Rejection.TOO_LONG)
        : read(compact)
            .<Checked<Jws>>map(Passed::new)
            .orElseGet(() -> new Refused<>(Rejection.MALFORMED));
  }

  private static Optional<Jws> read(String compact) {
    String[] segments = compact.split("\\.", 5);
    if (segments.length != 3) {
      return Optional.empty();
    }
    byte[] signingInput =
        compact.substring(0, compact.lastIndexOf('.')).getBytes(StandardCharsets.UTF_8);
    return Base64Url.decode(segments[2])
        .flatMap(
            signature ->
                Base64Url.decode(segments[1])
                    .flatMap(
                        payload ->
                            Base64Url.decode(segments[0])
                                .flatMap(JSON::object)
                                .map(header -> new Jws(header, payload, signingInput, signature))));
  }

  ObjectNode header() {
    return header;
  }

  /** The payload as a JSON object. */
  Checked<ObjectNode> claims() {
    return JSON.object(payload)
        .<Checked<ObjectNode>>map(Passed::new)
        .orElseGet(() -> new Refused<>(Rejection.MALFORMED));
  }

  byte[] signingInput() {
    return signingInput;
  }

  byte[] signature() {
    return signature;
  }
}
