package io.keyveil.store;

import io.keyveil.file.Await;
import io.keyveil.link.LinkStore;
import io.keyveil.link.LinkStoreContract;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** PostgreSQL keeps the contract. */
final class PostgresLinkStoreIT extends LinkStoreContract {
  private static EmbeddedPostgres server;

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private Database second;

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
    second = Database.open(vertx, TestStores.at(url, "postgres"));
    Await.get(database.write(c -> c.createStatement().execute("TRUNCATE links CASCADE")));
  }

  @AfterEach
  void close() {
    database.close();
    second.close();
    vertx.close().await();
  }

  @Override
  protected LinkStore store() {
    return new SqlLinkStore(database);
  }

  @Override
  protected LinkStore other() {
    return new SqlLinkStore(second);
  }
}
