package io.keyveil.store;

import io.keyveil.file.FileStore;
import io.keyveil.file.FileStoreContract;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** SQLite keeps the contract. */
final class SqliteFileStoreTest extends FileStoreContract {
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private Database database;

  @BeforeEach
  void open() {
    database = Database.open(vertx, TestStores.sqlite(folder.resolve("k.db")));
    var unused = database.migrate();
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
}
