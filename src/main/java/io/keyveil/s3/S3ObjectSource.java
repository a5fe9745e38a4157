package io.keyveil.s3;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.InterestLostException;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.delivery.TraceParent;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.s3.Credentials.CredentialsUnavailableException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads objects over Vert.x's HTTP client.
 *
 * <p>What S3 answers is trusted for nothing but its bytes: status, length, range and entity tag
 * must be exactly what the store says they are, or the read fails before its first byte. The bodies
 * of errors carry bucket, key and tokens, so they are never read.
 */
public final class S3ObjectSource implements ObjectSource {
  /** Long enough for a request that waits for a connection; checked by S3 when it starts. */
  private static final Duration SIGNED_FOR = Duration.ofMinutes(5);

  /** How long a signed request is used again; well within its life and that of credentials. */
  private static final Duration SIGNED_ANEW = Duration.ofMinutes(1);

  private static final int REMEMBERED = 10_000;

  private final Cache<ObjectKey, Target> targets =
      Caffeine.newBuilder()
          .maximumSize(REMEMBERED)
          .expireAfterWrite(SIGNED_ANEW)
          .executor(Runnable::run)
          .build();
  private final HttpClientAgent client;
  private final S3Signer signer;
  private final InstantSource clock;
  private final Duration firstByteTimeout;

  S3ObjectSource(
      HttpClientAgent client, S3Signer signer, InstantSource clock, Duration firstByteTimeout) {
    this.client = client;
    this.signer = signer;
    this.clock = clock;
    this.firstByteTimeout = firstByteTimeout;
  }

  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    if (interest.lost()) {
      return Future.failedFuture(new InterestLostException());
    }
    Promise<ObjectRead> read = Promise.promise();
    interest.whenLost(() -> read.tryFail(new InterestLostException()));
    var unused =
        target(file.location())
            .compose(target -> client.request(target.options(firstByteTimeout)))
            .compose(request -> ask(request, file, span, interest, read))
            .onComplete(answer -> give(answer, file.location(), read));
    return read.future();
  }

  /** A connection may have come too late; from here on, losing interest closes it. */
  private Future<ObjectRead> ask(
      HttpClientRequest request,
      FileRecord file,
      Optional<ByteSpan> span,
      Interest interest,
      Promise<ObjectRead> read) {
    if (interest.lost()) {
      var unused = request.reset();
      return Future.failedFuture(new InterestLostException());
    }
    interest.whenLost(
        () -> {
          if (read.tryFail(new InterestLostException())) {
            var unused = request.reset();
          }
        });
    return send(request, file, span, interest);
  }

  private void give(AsyncResult<ObjectRead> answer, ObjectKey location, Promise<ObjectRead> read) {
    if (answer.failed()) {
      failed(location, answer.cause(), read);
    } else if (!read.tryComplete(answer.result())) {
      answer.result().cancel();
    }
  }

  /** Where and what to ask for this object; signed anew each minute. */
  private Future<Target> target(ObjectKey location) {
    Target known = targets.getIfPresent(location);
    return known != null
        ? Future.succeededFuture(known)
        : signer.get(location, SIGNED_FOR, Map.of()).map(url -> remember(location, url));
  }

  /** Not where the credentials end so soon that the request could outlive them. */
  private Target remember(ObjectKey location, SignedUrl url) {
    Target target = Target.of(url);
    if (url.expiresAt().isAfter(clock.instant().plus(SIGNED_ANEW.multipliedBy(2)))) {
      targets.put(location, target);
    }
    return target;
  }

  private void failed(ObjectKey location, Throwable failure, Promise<ObjectRead> read) {
    if (read.tryFail(classify(failure))) {
      targets.invalidate(location);
    }
  }

  private Future<ObjectRead> send(
      HttpClientRequest request, FileRecord file, Optional<ByteSpan> span, Interest interest) {
    // Not signed, as S3 wants it of x-amz-* alone, and of no meaning to it.
    interest.traceParent().ifPresent(field -> request.putHeader(TraceParent.FIELD, field));
    request.putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
    request.putHeader(HttpHeaders.IF_MATCH, file.etag().text());
    span.ifPresent(part -> request.putHeader(HttpHeaderNames.RANGE, part.toString()));
    return request
        .send()
        .timeout(firstByteTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .map(response -> check(request, response, file, span))
        .onFailure(failure -> request.reset());
  }

  private static ObjectRead check(
      HttpClientRequest request,
      HttpClientResponse response,
      FileRecord file,
      Optional<ByteSpan> span) {
    // Until somebody takes the bytes, a break has nobody to tell.
    response.exceptionHandler(broken -> {});
    long expected = span.map(ByteSpan::length).orElse(file.size());
    AnswerCheck.check(response, file, span, expected);
    return DirectRead.takeOver(request, response, expected);
  }

  /** Our own words for whatever went wrong; the failures of the client name hosts and ports. */
  private static SourceException classify(Throwable failure) {
    if (failure instanceof SourceException known) {
      return known;
    }
    if (failure instanceof TimeoutException) {
      return new SourceException(SourceFailure.SILENT, "S3 did not answer in time");
    }
    if (failure instanceof ConnectionPoolTooBusyException) {
      return new SourceException(SourceFailure.FULL, "all connections to S3 are taken");
    }
    if (failure instanceof CredentialsUnavailableException) {
      return new SourceException(SourceFailure.REFUSED, "no S3 credentials could be had");
    }
    return new SourceException(
        SourceFailure.BROKEN, "no connection: " + failure.getClass().getSimpleName());
  }

  /** A signed request, taken apart; as secret as its URL. */
  private record Target(boolean tls, String host, int port, String uri) {
    static Target of(SignedUrl url) {
      URI parts = URI.create(url.reveal());
      boolean tls = "https".equals(parts.getScheme());
      int port = parts.getPort() < 0 ? (tls ? 443 : 80) : parts.getPort();
      return new Target(tls, parts.getHost(), port, parts.getRawPath() + "?" + parts.getRawQuery());
    }

    /** The wait for a connection has an end as well, TLS included. */
    RequestOptions options(Duration longestWait) {
      return new RequestOptions()
          .setMethod(HttpMethod.GET)
          .setSsl(tls)
          .setHost(host)
          .setPort(port)
          .setURI(uri)
          .setConnectTimeout(longestWait.toMillis())
          .setFollowRedirects(false);
    }

    @Override
    public String toString() {
      return "Target[***]";
    }
  }
}
