package io.keyveil.audit;

/** A record could not be brought to disk, so that what it would allow must not happen. */
public final class AuditUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AuditUnavailableException(String why) {
    super(why, null, false, false);
  }
}
