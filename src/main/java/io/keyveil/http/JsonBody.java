package io.keyveil.http;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.ext.web.RequestBody;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** The JSON object in the body of an API request, read strictly. */
final class JsonBody {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonBody() {}

  /** Goes on with the object, or answers why there is none. */
  static Future<Void> read(
      RoutingContext context, Answers answers, Function<JsonNode, Future<Void>> then) {
    String type = context.request().getHeader("Content-Type");
    boolean json =
        type != null && type.matches("(?i)application/(?:merge-patch\\+)?json\\s*(?:;.*)?");
    if (!json) {
      answers.problem(context.request(), Problem.NOT_JSON);
      return Future.succeededFuture();
    }
    return parse(context.body())
        .map(then)
        .orElseGet(
            () -> {
              answers.problem(context.request(), Problem.BAD_JSON);
              return Future.succeededFuture();
            });
  }

  private static Optional<JsonNode> parse(RequestBody body) {
    if (body.buffer() == null) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(body.buffer().getBytes());
      return Optional.ofNullable(node).filter(JsonNode::isObject);
    } catch (IOException e) {
      // Bytes in memory fail to be read only where they are no JSON, or in no encoding of it.
      return Optional.empty();
    }
  }
}
