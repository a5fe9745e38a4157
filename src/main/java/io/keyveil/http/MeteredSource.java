package io.keyveil.http;

import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.SourceException;
import io.keyveil.file.FileRecord;
import io.keyveil.ops.Meters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.Optional;

/** Measures how long S3 takes to answer each question; it belongs below what asks again. */
record MeteredSource(ObjectSource source, Meters meters) implements ObjectSource {
  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    long asked = meters.now();
    return source
        .open(file, span, interest)
        .onComplete(answer -> meters.s3Answered(word(answer), asked));
  }

  private static String word(AsyncResult<ObjectRead> answer) {
    if (answer.succeeded()) {
      return "read";
    }
    return answer.cause() instanceof SourceException known ? known.failure().word() : "left";
  }
}
