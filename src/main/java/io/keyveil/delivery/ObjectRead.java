package io.keyveil.delivery;

/**
 * A running read of an object. It gives nothing before it is started, and lives on the event loop
 * that opened it.
 */
public interface ObjectRead {
  /** How many bytes the read will give, as S3 promised and as was asked for. */
  long length();

  /** Begins to give bytes; call it once. */
  void start(Receiver receiver);

  /** Gives no more chunks until {@link #resume}, save one that is just being given. */
  void pause();

  void resume();

  /** Ends the read now; the receiver hears nothing more. May be called at any time, repeatedly. */
  void cancel();

  /** Who takes the bytes. After an end or a break nothing more comes. */
  interface Receiver {
    void bytes(Chunk chunk);

    /** S3 says that this was all. */
    void ended();

    /** The read broke; what was given so far is good. */
    void broken(SourceFailure failure);
  }
}
