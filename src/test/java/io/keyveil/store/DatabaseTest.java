package io.keyveil.store;

import static io.keyveil.file.Await.failure;
import static io.keyveil.file.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.file.CachedFileStore;
import io.keyveil.file.Checksums;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door: how a store opens, refuses to open, queues, fails and notices others. */
final class DatabaseTest {
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final List<Database> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Database::close);
    vertx.close().await();
  }

  private Database open(Path file) {
    return open(TestStores.sqlite(file));
  }

  private Database open(StoreSettings settings) {
    Database database = Database.open(vertx, settings);
    opened.add(database);
    var unused = database.migrate();
    return database;
  }

  @Test
  void createsFolderAndFileForNobodyElse() throws IOException {
    Path ours = folder.resolve("a/b");
    Path file = ours.resolve("k.db");
    get(new SqlFileStore(open(file)).insert(SampleFiles.file()));
    assertThat(mode(ours)).isEqualTo("rwx------");
    try (var all = Files.list(ours)) {
      assertThat(all.map(DatabaseTest::mode)).isNotEmpty().containsOnly("rw-------");
    }
  }

  @Test
  void keepsFilesOverARestart() {
    Path file = folder.resolve("k.db");
    FileRecord record = SampleFiles.file();
    Database first = open(file);
    get(new SqlFileStore(first).insert(record));
    first.close();
    assertThat(get(new SqlFileStore(open(file)).find(record.id()))).contains(record);
  }

  @Test
  void waitsForTheDiskAndKeepsTheJournalBeside() {
    Database database = open(folder.resolve("k.db"));
    assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
    assertThat(pragma(database, "synchronous")).isEqualTo("2");
    assertThat(pragma(database, "foreign_keys")).isEqualTo("1");
    assertThat(pragma(database, "busy_timeout")).isEqualTo("5000");
  }

  @Test
  void leavesAFileThatIsNotADatabaseAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("k.db"), "these are my holiday notes\n");
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(
            "store.url: "
                + file
                + " is not a SQLite database (expected: a file made by keyveil, or no file)");
    assertThat(file).hasContent("these are my holiday notes\n");
  }

  @Test
  void refusesADamagedDatabase() throws IOException {
    Path file = folder.resolve("k.db");
    open(file).close();
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, 100, bytes.length, (byte) 0x5a);
    Files.write(file, bytes);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("store.url: " + file)
        .hasMessageNotContaining("\n");
    assertThat(file).hasBinaryContent(bytes);
  }

  @Test
  void refusesTheTablesOfAnotherProgram() throws Exception {
    Path file = folder.resolve("k.db");
    try (var c = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
        var s = c.createStatement()) {
      var unused = s.execute("CREATE TABLE bookmarks (url TEXT)");
    }
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("does not hold a store of Keyveil");
  }

  @Test
  void refusesASchemaFromTheFuture() {
    Path file = folder.resolve("k.db");
    Database database = open(file);
    var unused =
        get(
            database.write(
                c ->
                    c.createStatement()
                        .execute(
                            "INSERT INTO flyway_schema_history SELECT 99, '99', 'later', 'SQL',"
                                + " 'V99__later.sql', 1, 'me', '2030-01-01 00:00:00.000', 1, 1")));
    database.close();
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("has schema 99, which is newer than this program");
  }

  @Test
  void refusesAFolderAndAPlaceWhereNothingCanBe() {
    assertThatThrownBy(() -> open(folder)).hasMessageContaining(folder + " is a folder (expected:");
    assertThatThrownBy(() -> open(Path.of("/proc/keyveil/k.db")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("store.url: /proc/keyveil/k.db cannot be opened");
  }

  @Test
  void saysInOneLineThatAServerDoesNotAnswer() {
    assertThatThrownBy(() -> open(TestStores.at("postgresql://127.0.0.1:1/keyveil", "keyveil")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("store.url: PostgreSQL does not answer (expected: ")
        .hasNoCause();
  }

  @Test
  void failsWorkThatFindsTheQueueFull() throws InterruptedException {
    Database database =
        open(
            new StoreSettings(
                "sqlite:" + folder.resolve("k.db"),
                "",
                Optional.empty(),
                1,
                1,
                Duration.ofSeconds(5)));
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> running = database.read(c -> hold(started, release));
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    Future<Integer> waiting = database.read(c -> 2);
    assertThat(failure(database.read(c -> 3)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("store queue is full");
    release.countDown();
    assertThat(get(running)).isEqualTo(1);
    assertThat(get(waiting)).isEqualTo(2);
  }

  private static int hold(CountDownLatch started, CountDownLatch release) {
    started.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return 1;
  }

  @Test
  void answersOnTheContextOfWhoeverAsked() {
    Database database = open(folder.resolve("k.db"));
    Context context = vertx.getOrCreateContext();
    Promise<Boolean> same = Promise.promise();
    context.runOnContext(
        go -> database.ping().onComplete(done -> same.complete(Vertx.currentContext() == context)));
    assertThat(get(same.future())).isTrue();
  }

  @Test
  void failsAfterItWasClosed() {
    Database database = open(folder.resolve("k.db"));
    database.close();
    assertThat(failure(database.ping())).hasMessage("the store is closed");
  }

  @Test
  void neverRepeatsWhatADriverSays() {
    Database database = open(folder.resolve("k.db"));
    Throwable failure =
        failure(
            database.read(
                c -> {
                  throw new SQLException("could not bind " + SampleFiles.KEY, "XX000", 7);
                }));
    assertThat(failure)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the store failed (SQLException, SQLState XX000, code 7)")
        .hasNoCause();
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void namesADamagedRecordByItsIdOnly() {
    Database database = open(folder.resolve("k.db"));
    FileRecord file = SampleFiles.file();
    get(new SqlFileStore(database).insert(file));
    for (String damage :
        List.of(
            "access = '{\"any\":'",
            "access = '7'",
            "etag = 'W/\"x\"'",
            "delivery = 'x'",
            "sha256 = 'ab'",
            "crc32c = 'nothex00'",
            "crc32 = '0011223344'")) {
      var unused =
          get(database.write(c -> c.createStatement().execute("UPDATE files SET " + damage)));
      assertThat(failure(new SqlFileStore(database).find(file.id())))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage("the record of file " + file.id() + " cannot be read")
          .hasNoCause();
    }
  }

  @Test
  void keepsFilesThatAreOlderThanTheirCrcs() throws SQLException {
    Path path = folder.resolve("k.db");
    FileRecord file = SampleFiles.file();
    var old =
        Flyway.configure()
            .dataSource("jdbc:sqlite:" + path, null, null)
            .locations("classpath:db/migration/sqlite")
            .target("1")
            .load()
            .migrate();
    assertThat(old.migrationsExecuted).isEqualTo(1);
    try (var c = java.sql.DriverManager.getConnection("jdbc:sqlite:" + path);
        var s = c.createStatement()) {
      var unused =
          s.executeUpdate(
              "INSERT INTO files VALUES ('"
                  + file.id()
                  + "', 'b', 'k', NULL, 0, 5, '\"e\"', 0, '"
                  + "ab".repeat(32)
                  + "', 'n', 'text/plain', 'attachment', 'auto', 0, '{\"any\":[]}', NULL,"
                  + " 'active', 0, 1, NULL)");
    }
    FileRecord found = get(new SqlFileStore(open(path)).find(file.id())).orElseThrow();
    assertThat(found.checksums())
        .isEqualTo(new Checksums(file.checksums().sha256(), Optional.empty(), Optional.empty()));
  }

  @Test
  void seesARevocationByAnotherProcessWithinItsPoll() throws InterruptedException {
    Path path = folder.resolve("k.db");
    Database ours = open(path);
    Database others = open(path);
    FileRecord file = SampleFiles.file();
    get(new SqlFileStore(ours).insert(file));
    CachedFileStore cache = new CachedFileStore(new SqlFileStore(ours), FileCacheSettings.DEFAULTS);
    LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
    ChangeWatch watch =
        new ChangeWatch(
            vertx,
            ours,
            Duration.ZERO,
            InstantSource.system(),
            () -> {
              cache.invalidateAll();
              changes.add("changed");
            });
    watch.start(Duration.ofMillis(20));
    assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo("changed");
    assertThat(get(cache.find(file.id()))).contains(file);
    var unused = get(new SqlFileStore(others).replace(SampleFiles.revoked(file)));
    FileRecord seen = file;
    while (seen.equals(file)) {
      assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo("changed");
      seen = get(cache.find(file.id())).orElseThrow();
    }
    watch.stop();
    assertThat(seen).isEqualTo(SampleFiles.revoked(file));
  }

  @Test
  void takesAFailedPollForAChangeAndAnUneventfulOneForNone() {
    Database database = open(folder.resolve("k.db"));
    AtomicInteger changes = new AtomicInteger();
    ChangeWatch watch =
        new ChangeWatch(
            vertx, database, Duration.ZERO, InstantSource.system(), changes::incrementAndGet);
    get(watch.poll());
    assertThat(changes).hasValue(1);
    get(new SqlFileStore(database).insert(SampleFiles.file()));
    get(watch.poll());
    assertThat(changes).hasValue(1);
    get(database.write(c -> c.createStatement().execute("DROP TABLE changes")));
    get(watch.poll());
    get(watch.poll());
    assertThat(changes).hasValue(3);
  }

  @Test
  void takesALatePollForAChange() throws InterruptedException {
    Database database = open(folder.resolve("k.db"));
    AtomicInteger changes = new AtomicInteger();
    ChangeWatch watch =
        new ChangeWatch(
            vertx, database, Duration.ZERO, InstantSource.system(), changes::incrementAndGet);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> stall = database.watch(c -> hold(started, release));
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    watch.tick();
    assertThat(changes).hasValue(0);
    watch.tick();
    assertThat(changes).hasValue(1);
    release.countDown();
    assertThat(get(stall)).isEqualTo(1);
  }

  private static String pragma(Database database, String name) {
    return get(
        database.read(
            c -> {
              try (var statement = c.createStatement();
                  var row = statement.executeQuery("PRAGMA " + name)) {
                return row.next() ? row.getString(1) : "";
              }
            }));
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
