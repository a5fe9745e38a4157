package io.keyveil.audit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullUnmarked;

/** Waits for futures on a test's own thread. */
@NullUnmarked
final class Await {
  private Await() {}

  @CanIgnoreReturnValue
  static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static Throwable failure(Future<?> future) {
    return Assertions.catchThrowable(
            () -> future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS))
        .getCause();
  }
}
