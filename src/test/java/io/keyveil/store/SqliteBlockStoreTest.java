package io.keyveil.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.block.BlockStore;
import io.keyveil.block.BlockStoreContract;
import io.keyveil.file.Await;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite keeps the contract. */
final class SqliteBlockStoreTest extends BlockStoreContract {
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
  protected BlockStore store() {
    return new SqlBlockStore(database);
  }

  @Test
  void refusesOneTooMany() {
    Await.get(
        database.write(
            connection ->
                connection
                    .createStatement()
                    .execute(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
                            + BlockStore.MOST
                            + ") INSERT INTO blocks SELECT 'b' || i, 'subject', 's' || i, '', '',"
                            + " 0, NULL FROM n")));
    assertThat(Await.get(store().add(block("a", NOW, Optional.empty())))).isFalse();
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

  @Test
  void givesNoListWithABlockThatItDoesNotUnderstand() {
    Await.get(
        database.write(
            connection ->
                connection
                    .createStatement()
                    .execute("INSERT INTO blocks VALUES ('x', 'planet', 'v', '', '', 0, NULL)")));
    assertThat(Await.failure(store().list())).isInstanceOf(StoreUnavailableException.class);
  }
}
