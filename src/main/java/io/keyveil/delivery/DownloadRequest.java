package io.keyveil.delivery;

import io.keyveil.access.Token;
import io.keyveil.file.FileId;
import java.util.Optional;

/**
 * A request for a download, with all its text turned into types.
 *
 * @param requestId what the client and the operator's log know it by
 * @param clientAddress where it came from, as trusted proxies say
 * @param token the credential, if there is one
 * @param file what is asked for; empty if the text is no file ID
 * @param ask what is wanted of it
 * @param offloadable whether what sent it can carry the bytes in our place
 * @param interest whether the client still waits for the answer
 */
public record DownloadRequest(
    String requestId,
    String clientAddress,
    Optional<Token> token,
    Optional<FileId> file,
    Ask ask,
    boolean offloadable,
    Interest interest) {
  /** The same for another file. */
  DownloadRequest of(Optional<FileId> other) {
    return new DownloadRequest(requestId, clientAddress, token, other, ask, offloadable, interest);
  }

  /** The same, whose bytes have to pass through here. */
  DownloadRequest carriedHere() {
    return new DownloadRequest(requestId, clientAddress, token, file, ask, false, interest);
  }
}
