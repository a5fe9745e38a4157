package io.keyveil.http;

import io.keyveil.access.TokenVerifier;
import io.keyveil.audit.AuditLog;
import io.keyveil.block.BlockRegistry;
import io.keyveil.block.Blocks;
import io.keyveil.delivery.Carriages;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.DownloadSlots;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.OffloadSigner;
import io.keyveil.delivery.RedirectSigner;
import io.keyveil.file.FileChangeReader;
import io.keyveil.file.FileRegistry;
import io.keyveil.file.FileStore;
import io.keyveil.file.RegistrationReader;
import io.keyveil.limit.Limits;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkUrls;
import io.keyveil.link.Links;
import io.keyveil.link.OpenWindows;
import io.keyveil.ops.Meters;
import io.keyveil.page.Pages;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The public listener: one server on each event loop, all on one port, and their way to stop.
 *
 * <p>Each event loop has a server, a router and an S3 source of its own, so that a download lives
 * on one thread from the client's socket to S3's.
 */
public final class PublicServer {
  /** How long the servers may take to close once nothing runs any more. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final List<EventLoopServer> servers = new CopyOnWriteArrayList<>();
  private final Vertx vertx;
  private final Parts parts;
  private final AddressCount addresses;
  private final int eventLoops;
  private volatile boolean listening;
  private volatile boolean draining;
  private volatile boolean refusing;

  /**
   * What the listener is made of.
   *
   * @param tls the checked pair, or empty for plain HTTP
   * @param cookie the name of the cookie that may carry a token; empty for none
   * @param sources makes an object source for the event loop that calls
   */
  public record Parts(
      ListenSettings listen,
      LimitSettings limits,
      CorsSettings cors,
      DeliverySettings delivery,
      Optional<TlsPair> tls,
      String cookie,
      TokenVerifier tokens,
      Blocks blocks,
      BlockRegistry blockRegistry,
      FileStore files,
      AuditLog audit,
      FileRegistry registry,
      RegistrationReader registrations,
      FileChangeReader changes,
      Supplier<ObjectSource> sources,
      RedirectSigner redirects,
      OffloadSigner offloads,
      Carriages carriages,
      LinkParts links,
      Limits rates,
      DownloadSlots slots,
      RunningTransfers transfers,
      Meters meters,
      Pages pages,
      SecureRandom random,
      InstantSource clock) {}

  /** What links are made of. */
  public record LinkParts(Links links, LinkReader reader, LinkUrls urls, OpenWindows windows) {}

  public PublicServer(Vertx vertx, Parts parts, int eventLoops) {
    this.vertx = vertx;
    this.parts = parts;
    Series.expect(parts.meters());
    this.addresses =
        new AddressCount(
            parts.listen().connections().perAddress(), parts.listen().trustedProxies());
    this.eventLoops = eventLoops;
  }

  /** Listens on all event loops; fails if the port cannot be had. */
  public Future<Void> start() {
    return vertx
        .deployVerticle(this::oneMore, new DeploymentOptions().setInstances(eventLoops))
        .<Void>mapEmpty()
        .onSuccess(all -> listening = true);
  }

  /** Takes another pair into use for connections to come; those that stand stay as they are. */
  public Future<Void> secure(TlsPair pair) {
    return Future.join(servers.stream().map(server -> server.secure(pair)).toList()).mapEmpty();
  }

  /** Whether it can be reached on all event loops. */
  public boolean listening() {
    return listening;
  }

  /** The port it listens on. */
  public int port() {
    return servers.get(0).port();
  }

  /** Every route as {@code METHOD /path/{parameter}}. */
  public Set<String> operations() {
    return servers.get(0).operations();
  }

  /** Whether it has been asked to stop. */
  public boolean draining() {
    return draining;
  }

  /** From now on it says that it is about to stop, and goes on as before until it is stopped. */
  public void announceStop() {
    draining = true;
  }

  /**
   * Goes on for the delay; then stops accepting at once, waits for running downloads until the
   * deadline, and breaks what is left.
   */
  public Future<Void> stop(DrainSettings drain) {
    announceStop();
    return drain.delay().isZero()
        ? stop(drain.deadline())
        : vertx.timer(drain.delay().toMillis()).compose(over -> stop(drain.deadline()));
  }

  private Future<Void> stop(Duration deadline) {
    refusing = true;
    long timer = vertx.setTimer(Math.max(1, deadline.toMillis()), late -> parts.transfers().cut());
    Duration longest = deadline.plus(CLOSING);
    return Future.join(servers.stream().map(server -> server.shutdown(longest)).toList())
        .<Void>mapEmpty()
        .onComplete(done -> vertx.cancelTimer(timer));
  }

  private EventLoopServer oneMore() {
    EventLoopServer server = new EventLoopServer(parts, addresses, () -> refusing);
    servers.add(server);
    return server;
  }
}
