package io.keyveil.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a JSON merge patch (RFC 7396) of a file, strictly and with all its problems at once. */
public final class FileChangeReader {
  /** Fields that a file always has, so that null cannot remove them. */
  private static final Set<String> LASTING =
      Set.of("name", "type", "disposition", "delivery", "harmlessName", "access", "state");

  private static final String EXPIRY = "expiresAt";

  private final InstantSource clock;

  public FileChangeReader(InstantSource clock) {
    this.clock = clock;
  }

  /** Reads a patch; a field that is not in it stays as it is. */
  public Reading<FileChange> read(JsonNode json) {
    Set<String> known = new HashSet<>(LASTING);
    known.add(EXPIRY);
    FieldReader fields = FieldReader.of(json, known);
    fields.refuseNull(LASTING);
    var name = fields.name("name");
    var type = fields.mediaType("type");
    var disposition = fields.word("disposition", List.of(Disposition.values()), Disposition::word);
    var delivery = fields.word("delivery", List.of(DeliveryPolicy.values()), DeliveryPolicy::word);
    var harmlessName = fields.flag("harmlessName");
    var access = fields.access("access");
    var expiry = expiry(fields);
    // Only the way to revoked exists, see FileChange.
    var state = fields.word("state", List.of(FileState.REVOKED), FileState::word);
    return fields.finish(
        () ->
            new FileChange(
                name,
                type,
                disposition,
                delivery,
                harmlessName,
                access,
                expiry,
                state.isPresent()));
  }

  private Optional<FileChange.Expiry> expiry(FieldReader fields) {
    return fields.isNull(EXPIRY)
        ? Optional.of(new FileChange.Expiry(Optional.empty()))
        : fields.future(EXPIRY, clock).map(time -> new FileChange.Expiry(Optional.of(time)));
  }
}
