package io.keyveil.file;

/** S3 could not be asked about an object. The message names neither bucket nor key. */
public final class CatalogUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether S3 refused us (which an operator must mend) or was merely not to be had. */
  private final boolean refused;

  public CatalogUnavailableException(String why, boolean refused) {
    super(why, null, false, false);
    this.refused = refused;
  }

  public boolean refused() {
    return refused;
  }
}
