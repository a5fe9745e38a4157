package io.keyveil.file;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the backend does with files: registers, shows, changes, revokes and lists them. */
public final class FileRegistry {
  /** The longest page of a listing. */
  public static final int LONGEST_PAGE = 1000;

  /** How often a change that names no revision is tried again when others change the same file. */
  private static final int ATTEMPTS = 5;

  private final FileStore store;
  private final ObjectCatalog catalog;
  private final InstantSource clock;
  private final SecureRandom random;

  public FileRegistry(
      FileStore store, ObjectCatalog catalog, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.catalog = catalog;
    this.clock = clock;
    this.random = random;
  }

  /** Registers an object whose key a person chose; it has to be there. */
  public Future<RegistrationResult> register(Registration wish) {
    return described(
        wish,
        file ->
            store
                .insert(file)
                .map(done -> (RegistrationResult) new RegistrationResult.Registered(file)));
  }

  /** Registers the same, unless the very same was registered this way before. */
  public Future<RegistrationResult> registerOnce(Registration wish) {
    return described(
        wish,
        file -> store.insertOnce(file, ImportKey.of(file)).map(kept -> onceResult(file, kept)));
  }

  /**
   * Registers an object that Keyveil itself just put into S3, under a key of its own making.
   *
   * @param wish what the file is to be; its location is the generated key
   * @param facts what S3 said of the object when it took it
   */
  public Future<FileRecord> registerOpaque(Registration wish, ObjectFacts facts) {
    FileRecord file = record(wish, facts, true);
    return store.insert(file).map(file);
  }

  public Future<Optional<FileRecord>> show(FileId id) {
    return store.find(id);
  }

  /**
   * Changes a file.
   *
   * @param expectedRevision the revision that whoever asks has seen; empty changes whatever is
   *     there
   */
  public Future<ChangeResult> change(
      FileId id, Optional<Long> expectedRevision, FileChange change) {
    return store
        .find(id)
        .compose(
            found ->
                found
                    .map(file -> change(file, expectedRevision, change, ATTEMPTS))
                    .orElseGet(() -> Future.succeededFuture(new ChangeResult.Missing())));
  }

  /**
   * Revokes a file for good. Revoking it again is fine and changes nothing, whatever the revision:
   * a retry must not look like a failure (RFC 9110 section 13.1.1 allows that).
   */
  public Future<ChangeResult> revoke(FileId id, Optional<Long> expectedRevision) {
    return change(id, expectedRevision, FileChange.REVOCATION);
  }

  /**
   * A page of all files, oldest first.
   *
   * @param after the last ID of the page before; empty for the first
   * @param limit 1 to {@value #LONGEST_PAGE}; anything else is brought into that span
   */
  public Future<List<FileRecord>> list(Optional<FileId> after, int limit) {
    return store.list(after, Math.max(1, Math.min(limit, LONGEST_PAGE)));
  }

  private Future<ChangeResult> change(
      FileRecord file, Optional<Long> expectedRevision, FileChange change, int attempts) {
    FileRecord next = change.applyTo(file);
    boolean again = change.equals(FileChange.REVOCATION) && next.equals(file);
    boolean expected = expectedRevision.map(wanted -> wanted == file.revision()).orElse(true);
    if (!again && !expected) {
      return lost(file, expectedRevision, change, attempts);
    }
    if (next.equals(file)) {
      return Future.succeededFuture(new ChangeResult.Changed(file));
    }
    return store
        .replace(next)
        .compose(
            result ->
                result.match(
                    done -> Future.succeededFuture(new ChangeResult.Changed(done)),
                    current -> lost(current, expectedRevision, change, attempts),
                    Future.succeededFuture(new ChangeResult.Missing())));
  }

  private Future<ChangeResult> lost(
      FileRecord current, Optional<Long> expectedRevision, FileChange change, int attempts) {
    return expectedRevision.isEmpty() && attempts > 1
        ? change(current, expectedRevision, change, attempts - 1)
        : Future.succeededFuture(new ChangeResult.Lost(current));
  }

  private Future<RegistrationResult> described(
      Registration wish, Function<FileRecord, Future<RegistrationResult>> keep) {
    return catalog
        .head(wish.location())
        .compose(
            found ->
                found
                    .map(facts -> keep.apply(record(wish, facts, false)))
                    .orElseGet(() -> Future.succeededFuture(noSuchObject())));
  }

  private FileRecord record(Registration wish, ObjectFacts facts, boolean opaque) {
    return new FileRecord(
        FileId.random(random),
        wish.location().withVersion(facts.version().or(wish.location()::version)),
        opaque,
        facts.size(),
        facts.etag(),
        facts.lastModified(),
        facts.checksums(),
        wish.name(),
        wish.type(),
        wish.disposition(),
        wish.delivery(),
        wish.harmlessName(),
        wish.access(),
        wish.expiresAt(),
        FileState.ACTIVE,
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        1);
  }

  private static RegistrationResult onceResult(FileRecord wanted, FileRecord kept) {
    return kept.id().equals(wanted.id())
        ? new RegistrationResult.Registered(kept)
        : new RegistrationResult.Known(kept);
  }

  private static RegistrationResult noSuchObject() {
    return new RegistrationResult.Refused(
        List.of(
            new FieldProblem(
                "key", "no such object", "an object that is there and that Keyveil may read")));
  }
}
