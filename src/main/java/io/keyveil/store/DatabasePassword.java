package io.keyveil.store;

import java.util.function.Supplier;

/**
 * The password of the database's user; it cannot be printed. It is read again for each connection,
 * so that one that was changed is used without a restart.
 */
public final class DatabasePassword {
  private final Supplier<String> source;

  private DatabasePassword(Supplier<String> source) {
    this.source = source;
  }

  /** One that stays. */
  public static DatabasePassword of(String text) {
    return new DatabasePassword(() -> text);
  }

  /** One that may change. */
  public static DatabasePassword from(Supplier<String> source) {
    return new DatabasePassword(source);
  }

  /** The password as it is now, for the driver only. */
  String reveal() {
    return source.get();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatabasePassword that && reveal().equals(that.reveal());
  }

  @Override
  public int hashCode() {
    return reveal().hashCode();
  }

  @Override
  public String toString() {
    return "DatabasePassword[***]";
  }
}
