package io.keyveil.file;

import static io.keyveil.file.Await.failure;
import static io.keyveil.file.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every store of files does. */
public abstract class FileStoreContract {
  /** An empty store. */
  protected abstract FileStore store();

  @Test
  void givesBackWhatItKeeps() {
    FileRecord full = SampleFiles.file();
    FileRecord bare = SampleFiles.bareFile();
    get(store().insert(full));
    get(store().insert(bare));
    assertThat(get(store().find(full.id()))).contains(full);
    assertThat(get(store().find(bare.id()))).contains(bare);
  }

  @Test
  void keepsEachChecksumApart() {
    Checksums all = SampleFiles.facts().checksums();
    for (Checksums some :
        List.of(
            all,
            new Checksums(all.sha256(), Optional.empty(), Optional.empty()),
            new Checksums(Optional.empty(), all.crc32c(), Optional.empty()),
            new Checksums(Optional.empty(), Optional.empty(), all.crc32()))) {
      FileStore store = store();
      FileRecord file = SampleFiles.known(7, some);
      FileRecord fresh = SampleFiles.renamed(file, FileId.random(new SecureRandom()));
      get(store.insert(fresh));
      assertThat(get(store.find(fresh.id()))).contains(fresh);
    }
  }

  @Test
  void findsNothingUnderAnUnknownId() {
    assertThat(get(store().find(SampleFiles.file().id()))).isEmpty();
  }

  @Test
  void findsAFileThatWasUnknownBefore() {
    FileRecord file = SampleFiles.file();
    assertThat(get(store().find(file.id()))).isEmpty();
    get(store().insert(file));
    assertThat(get(store().find(file.id()))).contains(file);
  }

  @Test
  void refusesAnIdTwiceAndKeepsTheFirst() {
    FileRecord file = SampleFiles.file();
    get(store().insert(file));
    assertThat(failure(store().insert(change("other").applyTo(file))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageNotContainingAny(SampleFiles.BUCKET, "Canary");
    assertThat(get(store().find(file.id()))).contains(file);
  }

  @Test
  void keepsOneFileForOneImportKey() {
    FileRecord first = SampleFiles.file();
    assertThat(get(store().findImported("i"))).isEmpty();
    assertThat(get(store().insertOnce(first, "i"))).isEqualTo(first);
    assertThat(get(store().insertOnce(SampleFiles.file(), "i"))).isEqualTo(first);
    assertThat(get(store().findImported("i"))).contains(first);
    assertThat(get(store().list(Optional.empty(), 10))).containsExactly(first);
  }

  @Test
  void keepsOneFileWhenImportsRace() {
    List<Future<FileRecord>> kept =
        IntStream.range(0, 20).mapToObj(i -> store().insertOnce(SampleFiles.file(), "r")).toList();
    Set<FileRecord> files = new HashSet<>();
    kept.forEach(each -> files.add(get(each)));
    assertThat(files).hasSize(1);
  }

  @Test
  void replacesTheNextRevisionOnly() {
    FileRecord first = SampleFiles.file();
    get(store().insertOnce(first, "i"));
    FileRecord second = change("two").applyTo(first);
    FileRecord rival = change("rival").applyTo(first);
    assertThat(outcome(store().replace(second))).isEqualTo("replaced two");
    assertThat(outcome(store().replace(rival))).isEqualTo("lost to two");
    assertThat(get(store().find(first.id()))).contains(second);
    assertThat(get(store().findImported("i"))).contains(second);
  }

  @Test
  void replacesNothingThatIsNotThere() {
    assertThat(outcome(store().replace(change("x").applyTo(SampleFiles.file()))))
        .isEqualTo("missing");
  }

  @Test
  void letsOneOfManyRivalsWin() {
    FileRecord first = SampleFiles.file();
    get(store().insert(first));
    List<String> outcomes =
        IntStream.range(0, 20)
            .mapToObj(i -> store().replace(change("n" + i).applyTo(first)))
            .toList()
            .stream()
            .map(FileStoreContract::outcome)
            .toList();
    assertThat(outcomes).filteredOn(text -> text.startsWith("replaced")).hasSize(1);
  }

  @Test
  void showsARevocationAtOnce() {
    FileRecord file = SampleFiles.file();
    get(store().insert(file));
    assertThat(get(store().find(file.id()))).contains(file);
    assertThat(outcome(store().replace(FileChange.REVOCATION.applyTo(file))))
        .startsWith("replaced");
    assertThat(get(store().find(file.id())).orElseThrow().state()).isEqualTo(FileState.REVOKED);
  }

  @Test
  void listsOldestFirstAndPageByPage() {
    List<FileRecord> files =
        IntStream.range(0, 25)
            .mapToObj(i -> SampleFiles.file(SampleFiles.NOW.plusMillis((i * 7) % 5)))
            .toList();
    files.forEach(file -> get(store().insert(file)));
    List<FileRecord> read = new ArrayList<>();
    Optional<FileId> after = Optional.empty();
    for (List<FileRecord> page = page(after); !page.isEmpty(); page = page(after)) {
      read.addAll(page);
      after = Optional.of(page.get(page.size() - 1).id());
    }
    Stream<FileRecord> sorted =
        files.stream()
            .sorted(
                Comparator.comparing(FileRecord::createdAt)
                    .thenComparing(file -> file.id().text()));
    assertThat(read).containsExactlyElementsOf(sorted.toList());
  }

  private List<FileRecord> page(Optional<FileId> after) {
    return get(store().list(after, 4));
  }

  static FileChange change(String name) {
    return new FileChange(
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static String outcome(Future<FileStore.Replacement> replacement) {
    return get(replacement)
        .match(file -> "replaced " + file.name(), file -> "lost to " + file.name(), "missing");
  }
}
