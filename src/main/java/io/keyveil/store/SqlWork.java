package io.keyveil.store;

import java.sql.Connection;
import java.sql.SQLException;

/** A piece of blocking work on one connection, which commits by itself after each statement. */
@FunctionalInterface
public interface SqlWork<T> {
  T on(Connection connection) throws SQLException;
}
