package io.keyveil.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Work that is kept as a whole or not at all. Its first statement should write, so that SQLite
 * takes its lock, or waits for it, before anything was read.
 */
final class Transaction {
  private Transaction() {}

  static <T> T run(Connection connection, SqlWork<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
