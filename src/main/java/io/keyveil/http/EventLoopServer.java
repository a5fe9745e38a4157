package io.keyveil.http;

import io.keyveil.block.BlockReader;
import io.keyveil.delivery.CheckedSource;
import io.keyveil.delivery.ContentDisposition;
import io.keyveil.delivery.Deliverer;
import io.keyveil.delivery.DownloadRates;
import io.keyveil.delivery.Downloads;
import io.keyveil.delivery.LinkDownloads;
import io.keyveil.delivery.Lookout;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.ResumingSource;
import io.keyveil.file.FileId;
import io.keyveil.limit.Limit;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The public server of one event loop, with the routes behind it. */
final class EventLoopServer extends VerticleBase {
  /** Large writes cost fewer passes through the pipe. */
  private static final int CHUNK = 256 << 10;

  /** Small frames that one request's header fields may be cut into; honest ones are full. */
  private static final int CONTINUATIONS = 16;

  /** The longest body of a press of a landing page's button, which has nothing to say. */
  private static final long PRESS = 1 << 10;

  /** The longest body of a batch of links: ten thousand of them, each with a few words. */
  private static final long BATCH = 8 << 20;

  /** Where the contract says that the gateway is, in place of where it is. */
  private static final String DEFAULT_URL = ListenSettings.DEFAULTS.publicUrl().toString();

  /** How often streams that are slowed down are looked at. */
  private static final Duration PACE = Duration.ofMillis(50);

  /**
   * Forward secrecy and authenticated encryption alone, in the order in which the server chooses
   * (RFC 9325 section 4.2); both engines know these names.
   */
  static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

  private final PublicServer.Parts parts;
  private final AddressCount addresses;
  private final BooleanSupplier draining;
  private Set<String> operations = Set.of();
  private @Nullable HttpServer server;

  EventLoopServer(PublicServer.Parts parts, AddressCount addresses, BooleanSupplier draining) {
    this.parts = parts;
    this.addresses = addresses;
    this.draining = draining;
  }

  @Override
  public Future<?> start() {
    Answers answers = new Answers(parts.random(), parts.listen(), parts.pages());
    Cors cors = new Cors(parts.cors(), !parts.cookie().isEmpty());
    IdleConnections idle =
        new IdleConnections(
            vertx, parts.listen().connections().firstRequest(), parts.limits().idle());
    RateGate rates = new RateGate(parts.rates(), addresses(), parts.audit());
    PublicRouter routes =
        new PublicRouter(
            vertx,
            parts.listen().routedPrefix(),
            answers,
            cors,
            rates,
            idle,
            parts.meters(),
            parts.clock(),
            draining);
    HttpServer created =
        vertx
            .createHttpServer(options())
            .connectionHandler(
                new ConnectionGate(parts.listen(), addresses, idle, parts.meters(), parts.clock()))
            .requestHandler(router(routes, rates, answers))
            .invalidRequestHandler(routes::invalid);
    server = created;
    operations = routes.operations();
    // Below zero, the servers of one deployment share one free port.
    int port = parts.listen().port() == 0 ? -1 : parts.listen().port();
    return created.listen(port, parts.listen().host());
  }

  Set<String> operations() {
    return operations;
  }

  int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Takes another pair into use. */
  Future<Void> secure(TlsPair pair) {
    if (server == null) {
      return Future.failedFuture("not listening");
    }
    HttpServerOptions options = options();
    secure(options, pair);
    return server.updateSSLOptions(options.getSslOptions()).mapEmpty();
  }

  Future<Void> shutdown(Duration longest) {
    return server == null ? Future.succeededFuture() : server.shutdown(longest);
  }

  private Handler<HttpServerRequest> router(PublicRouter routes, RateGate rates, Answers answers) {
    ApiDoor door = new ApiDoor(parts.tokens(), parts.blocks(), rates, answers, parts.clock());
    ManagementLog log =
        new ManagementLog(parts.audit(), addresses(), parts.random(), parts.clock());
    FilesApi files =
        new FilesApi(parts.registry(), parts.registrations(), parts.changes(), log, answers);
    long body = parts.limits().body().bytes();
    String contract =
        resource("/openapi.yaml").replace(DEFAULT_URL, parts.listen().publicUrl().toString());
    Deliverer deliverer = deliverer();
    OutcomeWriter.Tools tools = tools(answers);
    DownloadRoute downloads = downloads(deliverer, rates, tools);
    LinksApi links =
        new LinksApi(
            parts.links().links(), parts.links().reader(), parts.links().urls(), log, answers);

    routes
        .path(DownloadRoute.PATH)
        .on(
            context ->
                downloads.serve(
                    new RoutedExchange(context),
                    Optional.ofNullable(context.pathParam("id")).flatMap(FileId::parse)),
            HttpMethod.GET,
            HttpMethod.HEAD)
        .shared()
        .orRefuse();
    addLinks(routes, links(deliverer, rates, tools), links, door);
    routes
        .path("/api/v1/files")
        .withBody(
            body,
            door.scoped("files:write", door.within(Limit.REGISTRATION, files::register)),
            HttpMethod.POST)
        .on(door.scoped("files:manage", (context, subject) -> files.list(context)), HttpMethod.GET)
        .orRefuse();
    routes
        .path("/api/v1/files/:id")
        .on(door.scoped("files:write", files::show), HttpMethod.GET)
        .withBody(body, door.scoped("files:write", files::change), HttpMethod.PATCH)
        .on(door.scoped("files:write", files::revoke), HttpMethod.DELETE)
        .orRefuse();
    BlocksApi blocks =
        new BlocksApi(parts.blockRegistry(), new BlockReader(parts.clock()), log, answers);
    routes
        .path("/api/v1/blocks")
        .withBody(body, door.scoped("blocks:write", blocks::add), HttpMethod.POST)
        .on(door.scoped("blocks:write", (context, subject) -> blocks.list(context)), HttpMethod.GET)
        .orRefuse();
    routes
        .path("/api/v1/blocks/:id")
        .on(door.scoped("blocks:write", blocks::lift), HttpMethod.DELETE)
        .orRefuse();
    routes
        .path("/openapi.yaml")
        .on(
            context -> answers.text(context.request(), "application/yaml", contract),
            HttpMethod.GET,
            HttpMethod.HEAD)
        .orRefuse();
    return routes.done(downloads);
  }

  private ClientAddress addresses() {
    return new ClientAddress(parts.listen().trustedProxies());
  }

  private OffloadGate offloadGate() {
    return new OffloadGate(parts.listen().trustedProxies(), parts.delivery().offload());
  }

  private Deliverer deliverer() {
    return new Deliverer(
        parts.audit(),
        source(),
        parts.redirects(),
        parts.offloads(),
        parts.carriages(),
        new DownloadRates(parts.rates(), new Lookout(vertx, PACE)),
        parts.slots(),
        parts.delivery(),
        parts.random(),
        parts.clock());
  }

  private OutcomeWriter.Tools tools(Answers answers) {
    return new OutcomeWriter.Tools(
        vertx,
        answers,
        new FileHeaders(new ContentDisposition(parts.delivery().inlineTypes())),
        parts.transfers(),
        parts.meters(),
        new Lookout(vertx, parts.delivery().stallTimeout()),
        parts.delivery().readScope(),
        parts.delivery().offload().location());
  }

  private DownloadRoute downloads(Deliverer deliverer, RateGate rates, OutcomeWriter.Tools tools) {
    Downloads downloads =
        new Downloads(
            parts.tokens(),
            parts.blocks(),
            parts.files(),
            deliverer,
            parts.delivery().readScope(),
            parts.clock());
    return new DownloadRoute(
        downloads, offloadGate(), new CredentialReader(parts.cookie()), addresses(), rates, tools);
  }

  private LinkRoute links(Deliverer deliverer, RateGate rates, OutcomeWriter.Tools tools) {
    LinkDownloads downloads =
        new LinkDownloads(
            parts.links().links(),
            parts.links().windows(),
            parts.blocks(),
            parts.files(),
            deliverer,
            parts.clock());
    return new LinkRoute(
        downloads,
        offloadGate(),
        addresses(),
        rates,
        new LinkCookie(parts.listen().publicUrl()),
        tools);
  }

  private void addLinks(PublicRouter routes, LinkRoute links, LinksApi api, ApiDoor door) {
    for (String path : List.of(LinkRoute.PATH, LinkRoute.NAMED)) {
      routes
          .path(path)
          .on(links::serve, HttpMethod.GET, HttpMethod.HEAD)
          .withBody(PRESS, links::press, HttpMethod.POST)
          .shared()
          .orRefuse();
    }
    long body = parts.limits().body().bytes();
    routes
        .path("/api/v1/files/:id/links")
        .withBody(
            body,
            door.scoped("links:write", door.within(Limit.MINTING, api::mint)),
            HttpMethod.POST)
        .on(door.scoped("links:write", api::revokeOfFile), HttpMethod.DELETE)
        .orRefuse();
    routes
        .path("/api/v1/links")
        .withBody(
            Math.max(body, BATCH),
            door.scoped("links:write", door.within(Limit.MINTING, api::mintBatch)),
            HttpMethod.POST)
        .on(door.scoped("links:write", api::revokeMintedBy), HttpMethod.DELETE)
        .orRefuse();
    routes
        .path("/api/v1/links/:linkId")
        .on(door.scoped("links:write", api::show), HttpMethod.GET)
        .on(door.scoped("links:write", api::revoke), HttpMethod.DELETE)
        .orRefuse();
  }

  private ObjectSource source() {
    ObjectSource resuming =
        new ResumingSource(
            vertx,
            new MeteredSource(parts.sources().get(), parts.meters()),
            parts.delivery().resume(),
            new SourceMeter(parts.meters()),
            parts.random());
    return new CheckedSource(resuming, parts.delivery().integrity());
  }

  private HttpServerOptions options() {
    int headers = (int) parts.limits().headers().bytes();
    ConnectionSettings connections = parts.listen().connections();
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxHeaderSize(headers)
            .setMaxInitialLineLength((int) parts.limits().requestLine().bytes())
            .setMaxChunkSize(CHUNK)
            // Settings of our own take the place of Vert.x's, and name no most of streams.
            .setInitialSettings(
                new Http2Settings()
                    .setMaxHeaderListSize(headers)
                    .setMaxConcurrentStreams(connections.streams()))
            .setHttp2RstFloodMaxRstFramePerWindow(connections.resets())
            .setHttp2RstFloodWindowDuration((int) ConnectionGate.WINDOW.toSeconds())
            .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
            .setHttp2MaxSmallContinuationFrames(CONTINUATIONS)
            .setSslHandshakeTimeout(connections.handshake().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setUseProxyProtocol(parts.listen().proxyProtocol() == ProxyProtocol.REQUIRED)
            .setProxyProtocolTimeout(connections.handshake().toMillis())
            .setProxyProtocolTimeoutUnit(TimeUnit.MILLISECONDS)
            .setHttp2ClearTextEnabled(false)
            // Health checks of load balancers still speak 1.0; without it here they get a 501.
            .setAlpnVersions(
                List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0))
            .setTcpNoDelay(true)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setHandle100ContinueAutomatically(true)
            // A client that merely downloads slowly is not idle; IdleConnections knows who is.
            .setIdleTimeout(0);
    parts.tls().ifPresent(pair -> secure(options, pair));
    return options;
  }

  private static void secure(HttpServerOptions options, TlsPair pair) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(pair.options())
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
        .setSslEngineOptions(
            OpenSSLEngineOptions.isAvailable()
                ? new OpenSSLEngineOptions()
                : new JdkSSLEngineOptions());
    SUITES.forEach(options::addEnabledCipherSuite);
  }

  private static String resource(String name) {
    try (InputStream bytes = EventLoopServer.class.getResourceAsStream(name)) {
      if (bytes == null) {
        throw new IllegalStateException("missing in the jar: " + name);
      }
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
