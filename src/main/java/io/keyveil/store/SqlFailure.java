package io.keyveil.store;

import io.keyveil.file.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * Turns what a driver throws into what may be shown. Drivers quote statements and their parameters
 * in messages, and a parameter may be an object key, so that neither the message nor the exception
 * itself goes any further: only its class and codes do.
 */
final class SqlFailure {
  private SqlFailure() {}

  static StoreUnavailableException hidden(SQLException failure) {
    return new StoreUnavailableException(
        (failure instanceof SQLTransientConnectionException
                ? "no connection to the store"
                : "the store failed")
            + codes(failure));
  }

  /** What is left of any failure: class, SQLState and the vendor's code. */
  static String codes(SQLException failure) {
    return " ("
        + failure.getClass().getSimpleName()
        + ", SQLState "
        + failure.getSQLState()
        + ", code "
        + failure.getErrorCode()
        + ")";
  }
}
