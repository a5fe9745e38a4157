package io.keyveil.s3;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The credentials that requests are signed with, at hand without blocking.
 *
 * <p>The SDK's providers may read files or ask a metadata service, so they are called on a worker
 * thread, one call at a time, and what they give is kept for a minute, or until five minutes before
 * it ends. Two event loops that ask at once may both call; the provider caches and locks itself.
 */
final class Credentials {
  private static final Duration KEPT = Duration.ofMinutes(1);

  /** Shorter-lived credentials than this are refreshed before anything is signed with them. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /** With less than this left, whoever asks waits for the next. */
  private static final Duration LAST = Duration.ofMinutes(1);

  private final AtomicBoolean renewing = new AtomicBoolean();
  private final Vertx vertx;
  private final InstantSource clock;
  private final AwsCredentialsProvider provider;
  private volatile @Nullable Held held;

  Credentials(Vertx vertx, InstantSource clock, AwsCredentialsProvider provider) {
    this.vertx = vertx;
    this.clock = clock;
    this.provider = provider;
  }

  static AwsCredentialsProvider provider(S3Settings settings) {
    return settings
        .credentials()
        .<AwsCredentialsProvider>map(keys -> StaticCredentialsProvider.create(fixed(keys)))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  private static AwsCredentials fixed(S3Credentials keys) {
    return keys.sessionToken()
        .<AwsCredentials>map(
            token ->
                AwsSessionCredentials.create(keys.accessKeyId(), keys.secretAccessKey(), token))
        .orElseGet(() -> AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey()));
  }

  /** The credentials to sign with now; fails if none can be had. */
  Future<AwsCredentials> current() {
    Held have = held;
    if (have == null) {
      return renewed();
    }
    Instant now = clock.instant();
    if (now.isBefore(have.until)) {
      return have.future;
    }
    return have.livesAt(now.plus(LAST)) ? meanwhile(have) : renewed();
  }

  /** Asks the provider in any case. */
  Future<AwsCredentials> renewed() {
    return vertx.executeBlocking(this::resolve, false);
  }

  /** What is still good is given while one call looks for the next. */
  private Future<AwsCredentials> meanwhile(Held have) {
    if (renewing.compareAndSet(false, true)) {
      var unused = renewed().onComplete(done -> renewing.set(false));
    }
    return have.future;
  }

  /** When they end, where they do and that is known. */
  Optional<Instant> expiry() {
    Held have = held;
    return have == null ? Optional.empty() : have.credentials.expirationTime();
  }

  private AwsCredentials resolve() {
    try {
      AwsCredentials credentials = provider.resolveCredentials();
      held = hold(credentials);
      return credentials;
    } catch (SdkException e) {
      Held have = held;
      if (have != null && have.livesAt(clock.instant())) {
        return have.credentials;
      }
      throw new CredentialsUnavailableException();
    }
  }

  private Held hold(AwsCredentials credentials) {
    Instant soon = clock.instant().plus(KEPT);
    Instant until =
        credentials
            .expirationTime()
            .map(end -> end.minus(MARGIN))
            .filter(end -> end.isBefore(soon))
            .orElse(soon);
    return new Held(credentials, Future.succeededFuture(credentials), until);
  }

  /** Credentials with the ready answer that gives them, and how long that may be given. */
  private record Held(AwsCredentials credentials, Future<AwsCredentials> future, Instant until) {
    /** Whether they are known to live then; of those without an end nobody knows. */
    boolean livesAt(Instant time) {
      return credentials.expirationTime().map(time::isBefore).orElse(false);
    }

    @Override
    public String toString() {
      return "Held[***]";
    }
  }

  /** No credentials could be had; the SDK's own text may name profiles and hosts and is dropped. */
  static final class CredentialsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CredentialsUnavailableException() {
      super("no S3 credentials could be had", null, false, false);
    }
  }
}
