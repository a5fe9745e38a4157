package io.keyveil.file;

import static io.keyveil.file.Await.failure;
import static io.keyveil.file.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the backend's use cases do. */
final class FileRegistryTest {
  private final InMemoryFileStore store = new InMemoryFileStore();
  private Future<Optional<ObjectFacts>> head =
      Future.succeededFuture(Optional.of(SampleFiles.facts()));
  private final FileRegistry registry =
      new FileRegistry(
          store,
          location -> head,
          InstantSource.fixed(SampleFiles.NOW.plusNanos(456)),
          new SecureRandom());

  @Test
  void registersWhatS3SaysAndWhatWasWished() {
    FileRecord file = registered(registry.register(SampleFiles.registration()));
    FileRecord expected = SampleFiles.file();
    assertThat(file)
        .usingRecursiveComparison()
        .ignoringFields("id", "createdAt")
        .isEqualTo(expected);
    assertThat(file.createdAt()).isEqualTo(SampleFiles.NOW);
    assertThat(get(registry.show(file.id()))).contains(file);
  }

  @Test
  void refusesAnObjectThatIsNotThereWithoutNamingIt() {
    head = Future.succeededFuture(Optional.empty());
    RegistrationResult result = get(registry.register(SampleFiles.registration()));
    assertThat(describe(result))
        .isEqualTo(
            "refused key: no such object (expected: an object that is there and that Keyveil may"
                + " read)");
    assertThat(get(registry.list(Optional.empty(), 10))).isEmpty();
  }

  @Test
  void doesNotTakeSilenceForAbsence() {
    head = Future.failedFuture(new CatalogUnavailableException("S3 is down", false));
    assertThat(failure(registry.register(SampleFiles.registration())))
        .isInstanceOf(CatalogUnavailableException.class);
  }

  @Test
  void importsTheSameWishOnce() {
    FileRecord first = registered(registry.registerOnce(SampleFiles.registration()));
    assertThat(describe(get(registry.registerOnce(SampleFiles.registration()))))
        .isEqualTo("known " + first.id());
  }

  @Test
  void importsAReplacedObjectAsANewFile() {
    FileRecord first = registered(registry.registerOnce(SampleFiles.registration()));
    ObjectFacts old = SampleFiles.facts();
    head =
        Future.succeededFuture(
            Optional.of(
                new ObjectFacts(
                    old.size(),
                    new EntityTag("\"other\""),
                    old.version(),
                    old.lastModified(),
                    old.checksums())));
    FileRecord second = registered(registry.registerOnce(SampleFiles.registration()));
    assertThat(second.id()).isNotEqualTo(first.id());
  }

  @Test
  void doesNotReviveARevokedFileByImportingItAgain() {
    FileRecord first = registered(registry.registerOnce(SampleFiles.registration()));
    assertThat(describeChange(registry.revoke(first.id(), Optional.empty())))
        .isEqualTo("changed revoked 2");
    RegistrationResult again = get(registry.registerOnce(SampleFiles.registration()));
    assertThat(again).isEqualTo(new RegistrationResult.Known(SampleFiles.revoked(first)));
  }

  @Test
  void recordsThatAKeyIsOpaqueOnlyWhereKeyveilMadeIt() {
    assertThat(registered(registry.register(SampleFiles.registration())).opaque()).isFalse();
    assertThat(registered(registry.registerOnce(SampleFiles.registration())).opaque()).isFalse();
    FileRecord made = get(registry.registerOpaque(SampleFiles.registration(), SampleFiles.facts()));
    assertThat(made.opaque()).isTrue();
    assertThat(get(registry.show(made.id()))).contains(made);
  }

  @Test
  void revokingAgainIsFineWhateverTheRevision() {
    FileRecord file = registered(registry.register(SampleFiles.registration()));
    assertThat(describeChange(registry.revoke(file.id(), Optional.of(1L))))
        .isEqualTo("changed revoked 2");
    assertThat(describeChange(registry.revoke(file.id(), Optional.of(1L))))
        .isEqualTo("changed revoked 2");
  }

  @Test
  void changesOnlyTheExpectedRevision() {
    FileRecord file = registered(registry.register(SampleFiles.registration()));
    FileChange change = FileStoreContract.change("two");
    assertThat(describeChange(registry.change(file.id(), Optional.of(2L), change)))
        .isEqualTo("lost active 1");
    assertThat(describeChange(registry.change(file.id(), Optional.of(1L), change)))
        .isEqualTo("changed active 2");
    assertThat(describeChange(registry.change(file.id(), Optional.of(1L), change)))
        .isEqualTo("lost active 2");
  }

  @Test
  void changesNothingThatIsNotThere() {
    FileId unknown = SampleFiles.file().id();
    assertThat(describeChange(registry.revoke(unknown, Optional.empty()))).isEqualTo("missing");
  }

  @Test
  void revokesEvenWhileOthersChangeTheFile() {
    FileRecord file = registered(registry.register(SampleFiles.registration()));
    // A cache that has not heard of the change yet shows the first revision.
    CachedFileStore cache = new CachedFileStore(store, FileCacheSettings.DEFAULTS);
    assertThat(get(cache.find(file.id()))).contains(file);
    get(store.replace(FileStoreContract.change("two").applyTo(file)));
    FileRegistry stale =
        new FileRegistry(
            cache, location -> head, InstantSource.fixed(SampleFiles.NOW), new SecureRandom());
    assertThat(describeChange(stale.revoke(file.id(), Optional.empty())))
        .isEqualTo("changed revoked 3");
    assertThat(get(store.find(file.id())).orElseThrow().name()).isEqualTo("two");
  }

  @Test
  void listsPagesOfBoundedLength() {
    IntStream.range(0, 3).forEach(i -> registered(registry.register(SampleFiles.registration())));
    assertThat(get(registry.list(Optional.empty(), 0))).hasSize(1);
    assertThat(get(registry.list(Optional.empty(), Integer.MAX_VALUE))).hasSize(3);
  }

  @Test
  void noResultPrintsTheLocation() {
    RegistrationResult result = get(registry.register(SampleFiles.registration()));
    FileId id = registered(registry.register(SampleFiles.registration())).id();
    assertThat(result.toString() + get(registry.revoke(id, Optional.empty())))
        .contains("ObjectKey[***]")
        .doesNotContainIgnoringCase("canary");
  }

  @com.google.errorprone.annotations.CanIgnoreReturnValue
  private static FileRecord registered(Future<RegistrationResult> result) {
    return get(result)
        .match(
            file -> file,
            known -> {
              throw new AssertionError("known");
            },
            problems -> {
              throw new AssertionError(problems.toString());
            });
  }

  private static String describe(RegistrationResult result) {
    return result.match(
        file -> "registered " + file.id(),
        file -> "known " + file.id(),
        problems -> "refused " + problems.get(0).line());
  }

  private static String describeChange(Future<ChangeResult> result) {
    return get(result)
        .match(
            file -> "changed " + file.state().word() + " " + file.revision(),
            file -> "lost " + file.state().word() + " " + file.revision(),
            "missing");
  }
}
