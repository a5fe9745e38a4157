package io.keyveil.s3;

import io.keyveil.delivery.ObjectRead;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;

/** A read whose answer has been checked and whose body is waiting. */
record S3Read(HttpClientRequest request, HttpClientResponse response, long length)
    implements ObjectRead {
  @Override
  public ReadStream<Buffer> body() {
    return response;
  }

  /** Resets the stream, which for HTTP/1.1 closes the connection: the rest is not worth reading. */
  @Override
  public void cancel() {
    var unused = request.reset();
  }

  @Override
  public String toString() {
    return "S3Read[***]";
  }
}
