package io.keyveil.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoLibraries;
import io.keyveil.file.Await;
import io.keyveil.file.SampleFiles;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that asks for passwords, speaks TLS, and drops connections. */
@Tag("long")
final class PostgresServerIT {
  @TempDir static Path folder;
  private static EmbeddedPostgres server;
  private static String caller;

  private final Vertx vertx = Vertx.vertx();

  @BeforeAll
  static void start() throws IOException, SQLException {
    DemoCertificate pair = DemoLibraries.load().certificate(List.of("localhost"));
    DemoCertificate other = DemoLibraries.load().certificate(List.of("localhost"));
    Files.writeString(folder.resolve("ca.pem"), pair.certificate());
    Files.writeString(folder.resolve("other-ca.pem"), other.certificate());
    Path data = Files.createDirectory(folder.resolve("data"));
    server = start(data, "off");
    // The server runs as another user where the test is root, so it writes its own files.
    write("server.crt", pair.certificate());
    write("server.key", pair.key());
    server.close();
    server = start(data, "on");
    run("CREATE ROLE keyveil LOGIN SUPERUSER PASSWORD 'first'");
    caller = "postgresql://localhost:%d/postgres".formatted(server.getPort());
  }

  private static EmbeddedPostgres start(Path data, String ssl) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("ssl", ssl)
        .start();
  }

  /** Into the data folder, with the server's own hand: an SQL export has no line of its own. */
  private static void write(String name, String text) throws SQLException {
    run(
        "COPY (SELECT unnest(string_to_array(E'"
            + text.replace("\r", "").strip().replace("\n", "\\n")
            + "', E'\\n'))) TO PROGRAM 'umask 077; cat > "
            + name
            + "'");
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  private static void allow(String... lines) throws SQLException {
    write("pg_hba.conf", String.join("\n", lines) + "\nhost all postgres 127.0.0.1/32 trust");
    reload();
  }

  /** The server reads its files when it comes to it; a new connection knows when that was. */
  private static void reload() throws SQLException {
    String before = ask("SELECT pg_conf_load_time()");
    run("SELECT pg_reload_conf()");
    while (ask("SELECT pg_conf_load_time()").equals(before)) {
      Thread.onSpinWait();
    }
  }

  private static String ask(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private Database open(String url, Optional<DatabasePassword> password) {
    return Database.open(
        vertx, new StoreSettings(url, "keyveil", password, 2, 64, Duration.ofSeconds(5)));
  }

  private static DatabasePassword in(Path file) {
    return DatabasePassword.from(
        () -> {
          try {
            return Files.readString(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void usesANewPasswordForNewConnections() throws IOException, SQLException {
    allow("host all keyveil all scram-sha-256", "hostssl all all all reject");
    Path file = Files.writeString(folder.resolve("password"), "first");
    DatabasePassword password = in(file);
    AtomicInteger changes = new AtomicInteger();
    password.onChange(changes::incrementAndGet);
    Database database = open(caller, Optional.of(password));
    try {
      var unused = database.migrate();
      Await.get(database.ping());
      run("ALTER ROLE keyveil PASSWORD 'second'");
      dropConnections();
      assertThat(Await.failure(database.ping())).isInstanceOf(StoreUnavailableException.class);
      Path again = Files.writeString(file, "second");
      assertThat(again).exists();
      Await.get(database.ping());
      assertThat(changes).hasValue(1);
    } finally {
      database.close();
      run("ALTER ROLE keyveil PASSWORD 'first'");
    }
  }

  @Test
  void checksTheServersCertificate() throws SQLException {
    allow("hostssl all keyveil all scram-sha-256");
    Optional<DatabasePassword> password = Optional.of(DatabasePassword.of("first"));
    String verified = caller + "?sslmode=verify-full&sslrootcert=";
    Database good = open(verified + folder.resolve("ca.pem"), password);
    var unused = good.migrate();
    Await.get(good.ping());
    String version =
        Await.get(
            good.read(
                connection -> {
                  try (var row =
                      connection
                          .createStatement()
                          .executeQuery(
                              "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                    return row.next() ? row.getString(1) : "";
                  }
                }));
    assertThat(version).startsWith("TLSv1");
    good.close();
    for (String bad :
        List.of(
            verified + folder.resolve("other-ca.pem"),
            verified.replace("localhost", "127.0.0.1") + folder.resolve("ca.pem"),
            caller + "?sslmode=disable")) {
      Database refused = open(bad, password);
      assertThat(Await.failure(refused.ping())).isInstanceOf(StoreUnavailableException.class);
      refused.close();
    }
  }

  @Test
  void hearsOfChangesAtOnceAndOfALostConnection() throws Exception {
    allow("host all keyveil all scram-sha-256");
    Database database = open(caller, Optional.of(DatabasePassword.of("first")));
    var unused = database.migrate();
    LinkedBlockingQueue<String> looks = new LinkedBlockingQueue<>();
    AutoCloseable listener = database.listen(() -> looks.add("look"));
    try {
      assertThat(looks.poll(30, TimeUnit.SECONDS)).as("it begins").isNotNull();
      var file = SampleFiles.file();
      Await.get(new SqlFileStore(database).insert(file));
      Await.get(new SqlFileStore(database).replace(SampleFiles.revoked(file)));
      assertThat(looks.poll(30, TimeUnit.SECONDS)).as("a change").isNotNull();
      dropConnections();
      assertThat(looks.poll(30, TimeUnit.SECONDS)).as("the loss").isNotNull();
      assertThat(looks.poll(30, TimeUnit.SECONDS)).as("a new connection").isNotNull();
      run("NOTIFY keyveil_changes");
      assertThat(looks.poll(30, TimeUnit.SECONDS)).as("heard again").isNotNull();
    } finally {
      listener.close();
      database.close();
    }
  }

  private static void dropConnections() throws SQLException {
    run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keyveil'");
  }
}
