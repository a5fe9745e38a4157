package io.keyveil.delivery;

/** Who wants to hear of what went wrong with S3 and was mended behind the client's back. */
public interface SourceEvents {
  /** S3 is asked again before the first byte. */
  void retried(SourceFailure failure);

  /** S3 is asked again in the middle of a body. */
  void resumed(SourceFailure failure);

  /** A broken read was given up. */
  void gaveUp(SourceFailure failure);
}
