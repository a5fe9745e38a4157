package io.keyveil.http;

import io.keyveil.delivery.OffloadSettings;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may be handed a URL that gives the object's key away: the peer itself, no further hop, if it
 * is a trusted proxy and shows the secret. A balancer that is trusted as well, and passes clients'
 * fields on, does not know it.
 */
final class OffloadGate {
  private static final String FIELD = "X-Keyveil-Offload";

  private final List<AddressBlock> trusted;
  private final OffloadSettings settings;

  OffloadGate(List<AddressBlock> trusted, OffloadSettings settings) {
    this.trusted = trusted;
    this.settings = settings;
  }

  boolean opens(HttpServerRequest request) {
    if (settings.secret().isEmpty()) {
      return false;
    }
    List<String> shown = request.headers().getAll(FIELD);
    return shown.size() == 1
        && settings.isShown(shown.get(0))
        && isTrusted(request.connection().remoteAddress(true));
  }

  private boolean isTrusted(@Nullable SocketAddress peer) {
    return peer != null
        && peer.hostAddress() != null
        && trusted.stream().anyMatch(block -> block.contains(peer.hostAddress()));
  }
}
