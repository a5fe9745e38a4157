package io.keyveil.app;

import io.keyveil.access.JwtVerifier;
import io.keyveil.audit.FileAuditLog;
import io.keyveil.audit.ShipSettings;
import io.keyveil.audit.Shipping;
import io.keyveil.block.BlockRegistry;
import io.keyveil.block.Blocks;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.Carriages;
import io.keyveil.delivery.CarriedLog;
import io.keyveil.delivery.DownloadSlots;
import io.keyveil.file.CachedFileStore;
import io.keyveil.file.FileChangeReader;
import io.keyveil.file.FileRegistry;
import io.keyveil.file.RegistrationReader;
import io.keyveil.http.DrainSettings;
import io.keyveil.http.PublicServer;
import io.keyveil.http.RedirectServer;
import io.keyveil.http.RunningTransfers;
import io.keyveil.http.TlsPair;
import io.keyveil.http.TlsWatch;
import io.keyveil.limit.Limits;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkUrls;
import io.keyveil.link.Links;
import io.keyveil.link.OpenWindows;
import io.keyveil.ops.ManagementServer;
import io.keyveil.ops.Meters;
import io.keyveil.ops.Readiness;
import io.keyveil.page.Pages;
import io.keyveil.s3.S3;
import io.keyveil.s3.S3Control;
import io.keyveil.store.ChangeWatch;
import io.keyveil.store.Database;
import io.keyveil.store.SqlBlockStore;
import io.keyveil.store.SqlFileStore;
import io.keyveil.store.SqlLinkStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway put together: keys, store, audit log, S3, the public listener, operations. What wraps
 * what is said here and nowhere else; {@link #stop} undoes it in reverse.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** How often links that ended long ago are forgotten. */
  private static final Duration UPKEEP = Duration.ofHours(1);

  private final Deque<Supplier<Future<Void>>> undo;
  private final SecureRandom random = new SecureRandom();
  private final Vertx vertx;
  private final KeyveilSettings settings;
  private final InstantSource clock;
  private final JwtVerifier tokens;
  private final Database database;
  private final CachedFileStore files;
  private final FileAuditLog audit;
  private final ProcessRecords records;
  private final S3 s3;
  private final FileRegistry registry;
  private final Meters meters;
  private final PublicServer publicServer;
  private final Readiness readiness;
  private volatile Instant stopBy = Instant.EPOCH;
  private final ManagementServer managementServer;

  private Gateway(
      Vertx vertx,
      KeyveilSettings settings,
      InstantSource clock,
      Deque<Supplier<Future<Void>>> undo) {
    this.undo = undo;
    this.vertx = vertx;
    this.settings = settings;
    this.clock = clock;

    // These files are read before anything is opened, since they are what most often is wrong.
    Pages pages = new Pages(settings.pages());
    Optional<TlsPair> tls = settings.listen().tls().map(pair -> TlsPair.load(vertx, pair));

    // Who asks: the keys of the issuers.
    tokens = JwtVerifier.create(vertx, settings.tokens(), clock);

    // What is asked for: the store behind its cache, and word of changes by others.
    database = Database.open(vertx, settings.store());
    undo.push(this::closeDatabase);
    int migrations = database.migrate();
    LOG.atInfo().addKeyValue("migrations", migrations).log("store opened");
    files = new CachedFileStore(new SqlFileStore(database), settings.cache());

    // What is written down.
    audit = FileAuditLog.open(vertx, settings.audit(), clock, random);
    records = new ProcessRecords(audit, random, clock);
    undo.push(() -> records.stopped().transform(last -> audit.close()));
    tokens.onKeys(records::keysChanged);
    settings.store().password().ifPresent(secret -> secret.onChange(records::passwordChanged));

    if (settings.audit().signingKey().isEmpty()) {
      LOG.atWarn().log("audit checkpoints are not signed: audit.signingKey is not set");
    }

    // What opens without a token.
    SqlLinkStore linkStore = new SqlLinkStore(database);
    Links links = new Links(linkStore, files, settings.links(), clock, random);
    OpenWindows windows = new OpenWindows(vertx, links, settings.links());
    undo.push(() -> done(windows::close));
    long upkeep = vertx.setPeriodic(UPKEEP.toMillis(), now -> forget(links));
    undo.push(() -> done(() -> vertx.cancelTimer(upkeep)));

    // What is switched off; others' changes of it, and of files, arrive by the same watch.
    RunningTransfers transfers = new RunningTransfers();
    SqlBlockStore blockStore = new SqlBlockStore(database);
    Blocks blocks = new Blocks(blockStore, new BlockWatch(transfers, audit, random, clock));
    ChangeWatch changes =
        new ChangeWatch(
            vertx,
            database,
            settings.cache().duringOutage(),
            clock,
            () -> changed(blocks, links, transfers));
    changes.start(ChangeWatch.INTERVAL);
    undo.push(
        () ->
            vertx.executeBlocking(
                () -> {
                  changes.stop();
                  return null;
                }));

    // Where the bytes are.
    s3 = S3.of(vertx, settings.s3(), settings.delivery(), clock);
    undo.push(s3::close);
    Optional<Shipping> shipping = settings.audit().ship().bucket().map(this::shipping);
    shipping.ifPresent(this::ship);
    S3Control control = s3.control();
    registry = new FileRegistry(files, control, clock, random);

    // The public face.
    meters = new Meters();
    undo.push(() -> done(meters::close));
    DownloadSlots slots =
        new DownloadSlots(settings.limits().downloads(), settings.limits().downloadsPerSubject());
    Optional<CarriedLog.Place> carried =
        settings
            .delivery()
            .offload()
            .log()
            .map(log -> CarriedLog.Place.of(log, settings.audit().folder(), random));
    Carriages carriages =
        new Carriages(
            carried.map(CarriedLog.Place::instance).orElse(""),
            settings.delivery().offload().longest(),
            clock,
            new CarriageMeters(meters));
    Limits rates =
        new Limits(
            settings.limits().rates(),
            clock,
            (limit, mode) -> meters.limited(limit.word(), mode.word()));
    publicServer =
        new PublicServer(
            vertx,
            new PublicServer.Parts(
                settings.listen(),
                settings.limits(),
                settings.cors(),
                settings.delivery(),
                tls,
                settings.tokens().cookie(),
                tokens,
                blocks,
                new BlockRegistry(blockStore, clock, random),
                files,
                audit,
                registry,
                registrations(),
                new FileChangeReader(clock),
                s3::source,
                s3.redirects(),
                s3.offloads(),
                carriages,
                new PublicServer.LinkParts(
                    links,
                    new LinkReader(settings.links()),
                    new LinkUrls(settings.listen().publicUrl()),
                    windows),
                rates,
                slots,
                transfers,
                meters,
                pages,
                random,
                clock),
            eventLoops());

    // What an nginx in front carried in our place.
    carried.ifPresent(place -> follow(place, links, carriages));

    // Operations.
    shipping.ifPresent(
        files ->
            meters.gauge(
                "keyveil.audit.ship.lag.seconds",
                "For how long the oldest closed audit file has waited to be copied",
                () -> files.lag().toSeconds()));
    new Figures(settings, tokens, files, database, audit, s3, slots, clock).show(meters);
    tls.ifPresent(this::watch);
    readiness =
        new ReadinessChecks(publicServer, tokens, database, audit, s3, settings.s3(), clock).all();
    managementServer =
        new ManagementServer(
            vertx, settings.management(), readiness, meters, publicServer::draining);
  }

  /**
   * Opens everything that has to be there: certificate, store, audit folder. Blocking.
   *
   * @throws RuntimeException with one line for the operator if something cannot be opened; nothing
   *     stays open then
   */
  public static Gateway assemble(Vertx vertx, KeyveilSettings settings, InstantSource clock) {
    Deque<Supplier<Future<Void>>> undo = new ArrayDeque<>();
    try {
      return new Gateway(vertx, settings, clock, undo);
    } catch (RuntimeException e) {
      unwind(undo, Future.succeededFuture()).await();
      throw e;
    }
  }

  /** Listens; keys that cannot be had only make it unready. */
  public Future<Void> start() {
    undo.push(tokens::close);
    return tokens
        .start()
        .compose(loaded -> records.started(settings))
        // Whoever asks for a signature finds one, however young the log is when the process dies.
        .compose(recorded -> audit.checkpoint())
        .compose(
            covered ->
                listening(
                    "management.port", settings.management().port(), managementServer.start()))
        .onSuccess(listening -> undo.push(managementServer::close))
        .compose(
            managed -> listening("listen.port", settings.listen().port(), publicServer.start()))
        .onSuccess(listening -> undo.push(() -> publicServer.stop(settings.drain())))
        .compose(listening -> redirect());
  }

  private Future<Void> redirect() {
    int port = settings.listen().redirectPort();
    if (port == 0) {
      return Future.succeededFuture();
    }
    RedirectServer redirect = new RedirectServer(vertx, settings.listen());
    return listening("listen.redirectPort", port, redirect.start())
        .onSuccess(listening -> undo.push(redirect::close));
  }

  /** A port that cannot be had is told as the setting that asks for it. */
  private static Future<Void> listening(String setting, int port, Future<Void> started) {
    return started.recover(
        failure ->
            Future.failedFuture(
                failure instanceof IOException
                    ? new CommandFailedException(
                        setting
                            + ": "
                            + port
                            + " cannot be listened on (expected: a free port that this user may"
                            + " have, at an address of this machine)")
                    : failure));
  }

  /** Why the gateway is not ready, by the name of what is wrong; empty if it is. */
  public Future<Map<String, String>> unready() {
    return readiness.ask().map(Gateway::reasons);
  }

  private static Map<String, String> reasons(Map<String, Optional<String>> answers) {
    Map<String, String> reasons = new LinkedHashMap<>();
    answers.forEach((name, answer) -> answer.ifPresent(reason -> reasons.put(name, reason)));
    return reasons;
  }

  /** Stops accepting, lets downloads end until the deadline, and closes everything in reverse. */
  public Future<Void> stop() {
    publicServer.announceStop();
    DrainSettings drain = settings.drain();
    stopBy = clock.instant().plus(drain.delay()).plus(drain.deadline());
    return unwind(undo, records.stopping().otherwiseEmpty());
  }

  private static Future<Void> unwind(Deque<Supplier<Future<Void>>> undo, Future<Void> before) {
    Future<Void> stopped = before;
    while (!undo.isEmpty()) {
      Supplier<Future<Void>> step = undo.pop();
      stopped = stopped.compose(last -> step.get().otherwise(Gateway::complain));
    }
    return stopped;
  }

  public int port() {
    return publicServer.port();
  }

  /** Every public route as {@code METHOD /path/{parameter}}. */
  public Set<String> operations() {
    return publicServer.operations();
  }

  public int managementPort() {
    return managementServer.port();
  }

  /** Registration, for the commands that work in this process. */
  public FileRegistry registry() {
    return registry;
  }

  public S3 s3() {
    return s3;
  }

  /** Reads registrations by the rules of this gateway. */
  public RegistrationReader registrations() {
    return new RegistrationReader(
        Set.copyOf(settings.s3().buckets()), settings.delivery().policy(), clock);
  }

  private Shipping shipping(String bucket) {
    ShipSettings ship = settings.audit().ship();
    return new Shipping(
        settings.audit().folder(),
        List.of(OperatorLog.FOLDER, AuditReconcileCommand.FOLDER),
        ship,
        audit,
        s3.archive(bucket, ship),
        clock,
        () -> meters.alarm("audit-copy"));
  }

  /** Ends before S3 does; what was not copied by then is, after the next start. */
  private void ship(Shipping files) {
    audit.onCheckpoint(files::checkpoint);
    AtomicBoolean running = new AtomicBoolean();
    long timer =
        vertx.setPeriodic(
            settings.audit().ship().interval().toMillis(),
            tick -> {
              if (running.compareAndSet(false, true)) {
                var unused = run(files).onComplete(done -> running.set(false));
              }
            });
    undo.push(
        () -> {
          var unused = vertx.cancelTimer(timer);
          return run(files);
        });
  }

  private Future<Void> run(Shipping files) {
    return vertx.executeBlocking(
        () -> {
          files.run();
          return null;
        });
  }

  /** Read again at once and not at the next request: what runs may have to be cut. */
  private void changed(Blocks blocks, Links links, RunningTransfers transfers) {
    files.invalidateAll();
    blocks.invalidate();
    var unused = Future.join(blocks.current(), cutRevoked(links, transfers));
  }

  private static void forget(Links links) {
    var unused =
        links
            .forget()
            .onFailure(
                failure ->
                    LOG.atWarn()
                        .addKeyValue("reason", failure.getMessage())
                        .log("links not tidied"));
  }

  /** Ends what runs by links that were revoked together with that. */
  private static Future<Void> cutRevoked(Links links, RunningTransfers transfers) {
    return links
        .cut(transfers.links().stream().map(LinkId::new).collect(Collectors.toSet()))
        .map(cut -> cut.stream().map(LinkId::text).collect(Collectors.toSet()))
        .onSuccess(transfers::cutLinks)
        .mapEmpty();
  }

  /** What is carried goes on without us, and is waited for as long as what streams. */
  private void follow(CarriedLog.Place place, Links links, Carriages carriages) {
    CarriedLog carried =
        place.follow(
            vertx, audit, links, carriages, clock, () -> meters.alarm(CarriageMeters.ALARM));
    carried.start(CarriedLog.INTERVAL);
    undo.push(() -> carried.stop(Duration.between(clock.instant(), stopBy)));
  }

  private void watch(TlsPair pair) {
    TlsWatch certificate =
        new TlsWatch(
            vertx,
            settings.listen().tls().orElseThrow(),
            pair,
            meters,
            clock,
            next ->
                publicServer
                    .secure(next)
                    .onSuccess(taken -> records.certificateChanged(next.certificate())));
    meters.gauge(
        "keyveil.certificate.days",
        "Days until the certificate ends",
        () -> daysUntil(certificate.end()));
    warnIfEnded(pair);
    certificate.start(TlsWatch.INTERVAL);
    undo.push(() -> done(certificate::stop));
  }

  /** Served all the same, since a balancer in front may not care and an outage helps nobody. */
  private void warnIfEnded(TlsPair pair) {
    Instant end = pair.certificate().getNotAfter().toInstant();
    if (end.isBefore(clock.instant())) {
      LOG.atWarn().addKeyValue("ended", end).log("the certificate has ended");
    }
  }

  private Number daysUntil(Instant end) {
    return Duration.between(clock.instant(), end).toDays();
  }

  private Future<Void> closeDatabase() {
    return vertx.executeBlocking(
        () -> {
          database.close();
          return null;
        });
  }

  private static Future<Void> done(Runnable step) {
    step.run();
    return Future.succeededFuture();
  }

  private static Void complain(Throwable failure) {
    LOG.atWarn().setCause(failure).log("a part of the gateway did not stop cleanly");
    return null;
  }

  private static int eventLoops() {
    return Runtime.getRuntime().availableProcessors();
  }
}
