package io.keyveil.http;

import io.keyveil.ops.Meters;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What every connection meets once it has shaken hands: the question who may speak for others, the
 * limit of its address, a watch on its idleness and, over HTTP/2, a count of the frames that cost
 * the client nothing and us an answer.
 */
final class ConnectionGate implements Handler<HttpConnection> {
  /** The time within which frames and resets are counted. */
  static final Duration WINDOW = Duration.ofSeconds(30);

  private final ListenSettings listen;
  private final ConnectionSettings settings;
  private final AddressCount addresses;
  private final IdleConnections idle;
  private final Meters meters;
  private final InstantSource clock;

  ConnectionGate(
      ListenSettings listen,
      AddressCount addresses,
      IdleConnections idle,
      Meters meters,
      InstantSource clock) {
    this.listen = listen;
    this.settings = listen.connections();
    this.addresses = addresses;
    this.idle = idle;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public void handle(HttpConnection connection) {
    if (listen.proxyProtocol() == ProxyProtocol.REQUIRED && !isTrusted(connection)) {
      meters.connectionRefused("proxy");
      var unused = connection.close();
      return;
    }
    String address = host(connection.remoteAddress());
    if (!addresses.take(address)) {
      meters.connectionRefused("address");
      var unused = connection.close();
      return;
    }
    idle.opened(connection);
    connection.closeHandler(
        closed -> {
          addresses.giveBack(address);
          idle.closed(connection);
        });
    if (connection.protocolVersion() == HttpVersion.HTTP_2) {
      Pings pings = new Pings(connection);
      connection.pingHandler(ping -> pings.another());
      connection.remoteSettingsHandler(changed -> pings.another());
    }
  }

  /** By where it really comes from, not by what its PROXY header says. */
  private boolean isTrusted(HttpConnection connection) {
    String peer = host(connection.remoteAddress(true));
    return listen.trustedProxies().stream().anyMatch(block -> block.contains(peer));
  }

  private static String host(@Nullable SocketAddress peer) {
    return peer == null || peer.hostAddress() == null ? "unknown" : peer.hostAddress();
  }

  /** The PING and SETTINGS frames of a connection; Netty answers each, and counts none. */
  private final class Pings {
    private final HttpConnection connection;
    private long windowEnd;
    private int count;

    Pings(HttpConnection connection) {
      this.connection = connection;
    }

    void another() {
      long now = clock.millis();
      if (now >= windowEnd) {
        windowEnd = now + WINDOW.toMillis();
        count = 0;
      }
      count++;
      if (count == settings.pings() + 1) {
        meters.connectionRefused("pings");
        var unused = connection.close();
      }
    }
  }
}
