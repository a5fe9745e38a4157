package io.keyveil.demo.portal;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.function.Supplier;

/** The gateway's API for links, as a backend uses it. */
final class GatewayLinks {
  private final HttpClient http;
  private final URI gateway;
  private final Supplier<String> token;

  /**
   * @param token a fresh token with the scope {@code links:write}
   */
  GatewayLinks(HttpClient http, URI gateway, Supplier<String> token) {
    this.http = http;
    this.gateway = gateway;
    this.token = token;
  }

  /** For a person who is here now: good for one download, which begins at once. */
  Future<String> toOpen(Document document) {
    return mint(document, "2m", false, "portal");
  }

  /** For whomever the person gives it to. */
  Future<String> toShare(Document document) {
    return mint(document, "24h", true, "shared by its owner");
  }

  private Future<String> mint(Document document, String life, boolean landing, String label) {
    JsonObject wish =
        new JsonObject()
            .put("expiresIn", life)
            .put("maxDownloads", 1)
            .put("landing", landing)
            .put("onBehalfOf", document.owner().subject())
            .put("label", label);
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(
                gateway.resolve("/api/v1/files/" + document.fileId() + "/links").toString())
            .putHeader("Authorization", "Bearer " + token.get())
            .putHeader("Content-Type", "application/json");
    return http.request(request)
        .compose(
            sent ->
                sent.send(wish.toBuffer())
                    .compose(answer -> answer.body().map(body -> url(answer.statusCode(), body))));
  }

  private static String url(int status, Buffer body) {
    if (status != 201) {
      throw new IllegalStateException("the gateway made no link: " + status);
    }
    return body.toJsonObject().getString("url");
  }
}
