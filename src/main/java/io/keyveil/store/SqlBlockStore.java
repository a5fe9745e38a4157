package io.keyveil.store;

import io.keyveil.block.Block;
import io.keyveil.block.BlockId;
import io.keyveil.block.BlockKind;
import io.keyveil.block.BlockStore;
import io.keyveil.block.BlockTarget;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Blocks in a table, by the same SQL for SQLite and PostgreSQL. */
public final class SqlBlockStore implements BlockStore {
  private static final String LIST =
      "SELECT id, kind, value, issuer, reason, created_at, expires_at FROM blocks"
          + " ORDER BY created_at, id";
  private static final String DROP_ENDED = "DELETE FROM blocks WHERE expires_at <= ?";
  private static final String COUNT = "SELECT count(*) FROM blocks";
  private static final String INSERT =
      "INSERT INTO blocks (id, kind, value, issuer, reason, created_at, expires_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String LIFT = "DELETE FROM blocks WHERE id = ?";

  private final Database database;

  public SqlBlockStore(Database database) {
    this.database = database;
  }

  @Override
  public Future<List<Block>> list() {
    return database.read(SqlBlockStore::list);
  }

  @Override
  public Future<Boolean> add(Block block) {
    return database.write(connection -> add(connection, block));
  }

  @Override
  public Future<Boolean> lift(BlockId id) {
    return database.write(connection -> lift(connection, id));
  }

  private static List<Block> list(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(LIST);
        ResultSet row = select.executeQuery()) {
      List<Block> blocks = new ArrayList<>();
      while (row.next()) {
        blocks.add(read(row));
      }
      return blocks;
    }
  }

  private static boolean add(Connection connection, Block block) throws SQLException {
    try (PreparedStatement drop = connection.prepareStatement(DROP_ENDED)) {
      drop.setLong(1, block.createdAt().toEpochMilli());
      int unused = drop.executeUpdate();
    }
    if (count(connection) >= MOST) {
      return false;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      write(insert, block);
      return insert.executeUpdate() == 1;
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(COUNT);
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private static boolean lift(Connection connection, BlockId id) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(LIFT)) {
      delete.setString(1, id.text());
      return delete.executeUpdate() == 1;
    }
  }

  private static void write(PreparedStatement row, Block block) throws SQLException {
    row.setString(1, block.id().text());
    row.setString(2, block.target().kind().word());
    row.setString(3, block.target().value());
    row.setString(4, block.target().issuer().orElse(""));
    row.setString(5, block.reason());
    row.setLong(6, block.createdAt().toEpochMilli());
    if (block.expiresAt().isPresent()) {
      row.setLong(7, block.expiresAt().get().toEpochMilli());
    } else {
      row.setNull(7, Types.BIGINT);
    }
  }

  /** A row that is not understood fails the list: what it shuts must not open. */
  private static Block read(ResultSet row) throws SQLException {
    long ends = row.getLong("expires_at");
    Optional<Instant> expiresAt =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ends));
    String issuer = row.getString("issuer");
    try {
      return new Block(
          new BlockId(row.getString("id")),
          new BlockTarget(
              BlockKind.of(row.getString("kind")).orElseThrow(SqlBlockStore::unknown),
              row.getString("value"),
              issuer.isEmpty() ? Optional.empty() : Optional.of(issuer)),
          row.getString("reason"),
          Instant.ofEpochMilli(row.getLong("created_at")),
          expiresAt);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static SQLException unknown() {
    return new SQLException("a block that this version does not understand");
  }
}
