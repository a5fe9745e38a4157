package io.keyveil.http;

import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.ContentDisposition;
import io.keyveil.delivery.HttpDates;
import io.keyveil.file.Checksum;
import io.keyveil.file.FileRecord;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** The header fields that describe a file; all of them come from the store, none from S3. */
final class FileHeaders {
  private static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");
  private static final CharSequence REPR_DIGEST = HttpHeaders.createOptimized("Repr-Digest");

  private final ContentDisposition dispositions;

  FileHeaders(ContentDisposition dispositions) {
    this.dispositions = dispositions;
  }

  /** What 200, 206, 304 and 412 have in common (RFC 9110 section 15.4.5). */
  void validators(HttpServerResponse response, FileRecord file) {
    response.putHeader(HttpHeaders.ETAG, file.etag().text());
    response.putHeader(HttpHeaders.LAST_MODIFIED, HttpDates.format(file.lastModified()));
    response.putHeader(HttpHeaders.ACCEPT_RANGES, BYTES);
  }

  /** All of a 200 or 206. */
  void content(HttpServerResponse response, FileRecord file, Optional<ByteSpan> span) {
    validators(response, file);
    response.putHeader(HttpHeaders.CONTENT_TYPE, file.type());
    response.putHeader(HttpHeaders.CONTENT_DISPOSITION, dispositions.named(file));
    response.putHeader(
        HttpHeaders.CONTENT_LENGTH, Long.toString(span.map(ByteSpan::length).orElse(file.size())));
    span.ifPresent(
        part -> response.putHeader(HttpHeaders.CONTENT_RANGE, part.contentRange(file.size())));
    file.checksums().sha256().ifPresent(digest -> response.putHeader(REPR_DIGEST, value(digest)));
  }

  /** Of the whole file, also where a part of it is sent (RFC 9530 section 3). */
  private static String value(Checksum sha256) {
    return "sha-256=:" + sha256.base64() + ":";
  }
}
