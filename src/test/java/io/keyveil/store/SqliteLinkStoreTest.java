package io.keyveil.store;

import io.keyveil.link.LinkStore;
import io.keyveil.link.LinkStoreContract;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** SQLite keeps the contract. */
final class SqliteLinkStoreTest extends LinkStoreContract {
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private Database second;

  @BeforeEach
  void open() {
    database = Database.open(vertx, TestStores.sqlite(folder.resolve("k.db")));
    var unused = database.migrate();
    second = Database.open(vertx, TestStores.sqlite(folder.resolve("k.db")));
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
