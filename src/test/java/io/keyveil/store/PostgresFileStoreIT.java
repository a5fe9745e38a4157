package io.keyveil.store;

import static io.keyveil.file.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.file.FileStore;
import io.keyveil.file.FileStoreContract;
import io.keyveil.file.SampleFiles;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps the contract. */
final class PostgresFileStoreIT extends FileStoreContract {
  private static EmbeddedPostgres server;

  private final Vertx vertx = Vertx.vertx();
  private Database database;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() {
    database = Database.open(vertx, TestStores.at(url("postgres"), "postgres"));
    var unused = database.migrate();
    get(database.write(c -> c.createStatement().execute("TRUNCATE files")));
  }

  @AfterEach
  void close() {
    database.close();
    vertx.close().await();
  }

  @Override
  protected FileStore store() {
    return new SqlFileStore(database);
  }

  @Test
  void aChangeMovesTheCountAndAnInsertDoesNot() {
    long before = count();
    var file = SampleFiles.file();
    get(store().insert(file));
    assertThat(count()).isEqualTo(before);
    var unused = get(store().replace(SampleFiles.revoked(file)));
    assertThat(count()).isEqualTo(before + 1);
  }

  @Test
  void aMigratedStoreNeedsNoMoreSteps() {
    assertThat(database.migrate()).isZero();
  }

  @Test
  void saysInOneLineThatADatabaseIsNotThere() {
    Database nowhere = Database.open(vertx, TestStores.at(url("nowhere"), "postgres"));
    assertThatThrownBy(nowhere::migrate)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("store.url: PostgreSQL has no such database (expected: ");
    nowhere.close();
  }

  private long count() {
    return get(database.watch(ChangeWatch::count));
  }

  private static String url(String name) {
    return "postgresql://localhost:" + server.getPort() + "/" + name;
  }
}
