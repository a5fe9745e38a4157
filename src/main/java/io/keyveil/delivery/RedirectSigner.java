package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.vertx.core.Future;

/** Signs the URL that a redirect shows. */
public interface RedirectSigner {
  /**
   * Signs a GET of the file's object.
   *
   * @param disposition the {@code Content-Disposition} that S3 shall send with it
   * @param correlation random text that S3 ignores and logs, so that its log can be tied to ours
   */
  Future<SignedUrl> sign(FileRecord file, String disposition, String correlation);
}
