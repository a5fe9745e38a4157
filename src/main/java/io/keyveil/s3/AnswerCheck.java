package io.keyveil.s3;

import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.FileRecord;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpResponseHead;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the head of S3's answer promises exactly the bytes that were asked for. */
final class AnswerCheck {
  private AnswerCheck() {}

  /**
   * Checks status, entity tag, length and range.
   *
   * @throws SourceException if anything is not as it must be
   */
  static void check(
      HttpResponseHead answer, FileRecord file, Optional<ByteSpan> span, long expected) {
    checkStatus(answer.statusCode(), span.isPresent() ? 206 : 200);
    require(
        file.etag().text().equals(answer.getHeader(HttpHeaders.ETAG)),
        SourceFailure.CHANGED,
        "the entity tag is another");
    checkSize(answer, file, span);
    require(
        Long.toString(expected).equals(answer.getHeader(HttpHeaders.CONTENT_LENGTH))
            && answer.getHeader(HttpHeaders.TRANSFER_ENCODING) == null,
        SourceFailure.BROKEN,
        "the length is not the one asked for");
  }

  private static void checkStatus(int found, int expected) {
    if (found != expected) {
      throw new SourceException(failure(found), "S3 answered " + found);
    }
  }

  private static SourceFailure failure(int status) {
    return switch (status) {
      case 404, 410 -> SourceFailure.GONE;
      case 412, 416 -> SourceFailure.CHANGED;
      case 429, 500, 502, 503, 504 -> SourceFailure.BUSY;
      case 200, 206 -> SourceFailure.BROKEN;
      default -> SourceFailure.REFUSED;
    };
  }

  /** A whole answer of another size, or a part of an object of another size, is another object. */
  private static void checkSize(HttpResponseHead answer, FileRecord file, Optional<ByteSpan> span) {
    if (span.isEmpty()) {
      require(
          Long.toString(file.size()).equals(answer.getHeader(HttpHeaders.CONTENT_LENGTH)),
          answer.getHeader(HttpHeaders.CONTENT_LENGTH) == null
              ? SourceFailure.BROKEN
              : SourceFailure.CHANGED,
          "the size is another");
      return;
    }
    String wanted = span.get().contentRange(file.size());
    @Nullable String found = answer.getHeader(HttpHeaders.CONTENT_RANGE);
    boolean otherSize = found != null && !found.endsWith("/" + file.size());
    require(
        wanted.equals(found),
        otherSize ? SourceFailure.CHANGED : SourceFailure.BROKEN,
        "the range is another");
  }

  private static void require(boolean holds, SourceFailure failure, String detail) {
    if (!holds) {
      throw new SourceException(failure, detail);
    }
  }
}
