package io.keyveil.http;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Function;

/** The ID in the path of an API request, as the type that it is of. */
final class PathId {
  private PathId() {}

  /**
   * Goes on with the ID, or answers that there is nothing of it.
   *
   * @param name the parameter's name in the route
   */
  static <I> Future<Void> read(
      RoutingContext context,
      Answers answers,
      String name,
      Function<String, Optional<I>> parse,
      Function<I, Future<Void>> then) {
    return Optional.ofNullable(context.pathParam(name))
        .flatMap(parse)
        .map(then)
        .orElseGet(() -> answers.told(context.request(), Problem.NOT_FOUND));
  }
}
