package io.keyveil.store;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The password of the database's user; it cannot be printed. It is read again for each connection,
 * so that one that was changed is used without a restart.
 */
public final class DatabasePassword {
  private final Supplier<String> source;
  private volatile Runnable changed = () -> {};
  private @Nullable String last;

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

  /** Tells somebody, on any thread, when another password is used than the time before. */
  public void onChange(Runnable reader) {
    changed = reader;
  }

  /** The password as it is now, for the driver only. */
  String reveal() {
    String now = source.get();
    if (isOther(now)) {
      changed.run();
    }
    return now;
  }

  private synchronized boolean isOther(String now) {
    boolean other = last != null && !last.equals(now);
    last = now;
    return other;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatabasePassword that && source.get().equals(that.source.get());
  }

  @Override
  public int hashCode() {
    return source.get().hashCode();
  }

  @Override
  public String toString() {
    return "DatabasePassword[***]";
  }
}
