package io.keyveil.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A JWK set at the place that the issuer's OpenID configuration names (OpenID Connect Discovery 1.0
 * section 4). The configuration is read again with every set, since the place may move; it has to
 * be this issuer's own, to the letter (section 4.3).
 */
final class DiscoveredKeySource implements KeySource {
  private static final StrictJson JSON = new StrictJson(16, JwkSet.MAX_BYTES);

  private final BoundedGet configuration;
  private final BoundedGet keys;
  private final IssuerSettings issuer;

  DiscoveredKeySource(HttpClient client, IssuerSettings issuer) {
    this.configuration = new BoundedGet(client, "application/json");
    this.keys = new BoundedGet(client, HttpKeySource.ACCEPT);
    this.issuer = issuer;
  }

  @Override
  public Future<Buffer> read() {
    return configuration
        .fetch(issuer.discoveryUrl())
        .recover(failure -> Future.failedFuture("OpenID configuration: " + failure.getMessage()))
        .compose(this::place)
        .compose(keys::fetch);
  }

  @Override
  public Future<String> mark() {
    return Future.succeededFuture("");
  }

  private Future<String> place(Buffer document) {
    Optional<ObjectNode> found = JSON.object(document.getBytes());
    if (found.isEmpty()) {
      return Future.failedFuture("OpenID configuration: not a JSON object, or a name in it twice");
    }
    if (!issuer.issuer().equals(found.get().path("issuer").textValue())) {
      return Future.failedFuture("OpenID configuration: it is another issuer's");
    }
    String place = found.get().path("jwks_uri").asText();
    return isSound(place)
        ? Future.succeededFuture(place)
        : Future.failedFuture("OpenID configuration: no jwks_uri that is an https:// address");
  }

  /** An issuer that is itself read over plain HTTP, in development, may keep its keys there too. */
  private boolean isSound(String place) {
    try {
      URI uri = new URI(place);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && (scheme.equals("https") || (scheme.equals("http") && issuer.keysOverPlainHttp()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
