package io.keyveil.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.block.BlockStore;
import io.keyveil.block.BlockStoreContract;
import io.keyveil.file.Await;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps the contract. */
final class PostgresBlockStoreIT extends BlockStoreContract {
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
    String url = "postgresql://localhost:%d/postgres".formatted(server.getPort());
    database = Database.open(vertx, TestStores.at(url, "postgres"));
    var unused = database.migrate();
    Await.get(database.write(c -> c.createStatement().execute("TRUNCATE blocks")));
  }

  @AfterEach
  void close() {
    database.close();
    vertx.close().await();
  }

  @Override
  protected BlockStore store() {
    return new SqlBlockStore(database);
  }

  @Test
  void countsAsAChange() {
    long before = Await.get(database.watch(ChangeWatch::count));
    assertThat(Await.get(store().add(block("a", NOW, Optional.empty())))).isTrue();
    long added = Await.get(database.watch(ChangeWatch::count));
    assertThat(added).isGreaterThan(before);
    assertThat(Await.get(store().lift(Await.get(store().list()).get(0).id()))).isTrue();
    assertThat(Await.get(database.watch(ChangeWatch::count))).isGreaterThan(added);
  }
}
