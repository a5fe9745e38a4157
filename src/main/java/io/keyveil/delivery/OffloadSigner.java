package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.vertx.core.Future;

/** Signs the URL that an nginx in front reads from, which never leaves the two of them. */
public interface OffloadSigner {
  /**
   * Signs a GET of the file's object.
   *
   * @param correlation random text that S3 ignores and logs, so that its log can be tied to ours
   */
  Future<SignedUrl> sign(FileRecord file, String correlation);
}
