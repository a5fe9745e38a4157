package io.keyveil.ops;

import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The things that must be well for the gateway to take requests, asked each time anew. */
public final class Readiness {
  private static final long PATIENCE_SECONDS = 5;

  private final Map<String, Supplier<Future<Optional<String>>>> checks = new LinkedHashMap<>();
  private final Map<String, Supplier<Optional<Long>>> facts = new LinkedHashMap<>();

  /**
   * Adds a check.
   *
   * @param name what is checked, in one word
   * @param check gives the reason why it is not well, or empty
   */
  public Readiness with(String name, Supplier<Future<Optional<String>>> check) {
    checks.put(name, check);
    return this;
  }

  /** Adds what is told beside the checks, such as how much is left of something. */
  public Readiness telling(String name, Supplier<Optional<Long>> fact) {
    facts.put(name, fact);
    return this;
  }

  /** What is told beside the checks, as far as it is known now. */
  public Map<String, Long> facts() {
    Map<String, Long> known = new LinkedHashMap<>();
    facts.forEach((name, fact) -> fact.get().ifPresent(value -> known.put(name, value)));
    return known;
  }

  /** Asks all; a check that fails or does not answer in five seconds is not well. */
  public Future<Map<String, Optional<String>>> ask() {
    Map<String, Optional<String>> answers = new LinkedHashMap<>();
    Future<Void> all = Future.succeededFuture();
    for (Map.Entry<String, Supplier<Future<Optional<String>>>> check : checks.entrySet()) {
      Future<Optional<String>> answer = answer(check.getValue());
      all =
          all.compose(before -> answer)
              .map(
                  reason -> {
                    answers.put(check.getKey(), reason);
                    return null;
                  });
    }
    return all.map(done -> answers);
  }

  private static Future<Optional<String>> answer(Supplier<Future<Optional<String>>> check) {
    return check
        .get()
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .recover(failure -> Future.succeededFuture(Optional.of(reason(failure))));
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
