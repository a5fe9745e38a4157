package io.keyveil.store;

/** The password of the database's user; it cannot be printed. */
public final class DatabasePassword {
  private final String text;

  private DatabasePassword(String text) {
    this.text = text;
  }

  public static DatabasePassword of(String text) {
    return new DatabasePassword(text);
  }

  /** The password itself, for the driver only. */
  String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatabasePassword that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "DatabasePassword[***]";
  }
}
