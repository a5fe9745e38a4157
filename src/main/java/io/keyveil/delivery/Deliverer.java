package io.keyveil.delivery;

import io.keyveil.access.KeysUnavailableException;
import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Way;
import io.keyveil.audit.AuditUnavailableException;
import io.keyveil.file.FileRecord;
import io.keyveil.file.StoreUnavailableException;
import io.keyveil.limit.Excess;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what was decided: records it first, then turns to S3 where the plan needs it. */
public final class Deliverer {
  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

  private final DeliveryPlanner planner;
  private final DownloadLog log;
  private final ObjectSource source;
  private final RedirectSigner redirects;
  private final OffloadSigner offloads;
  private final Carriages carriages;
  private final DownloadRates rates;
  private final DownloadSlots slots;
  private final ContentDisposition dispositions;
  private final Integrity integrity;

  public Deliverer(
      AuditLog audit,
      ObjectSource source,
      RedirectSigner redirects,
      OffloadSigner offloads,
      Carriages carriages,
      DownloadRates rates,
      DownloadSlots slots,
      DeliverySettings settings,
      SecureRandom random,
      InstantSource clock) {
    this.planner = new DeliveryPlanner(settings.redirectAbove().bytes());
    this.log = new DownloadLog(audit, random, clock);
    this.source = source;
    this.redirects = redirects;
    this.offloads = offloads;
    this.carriages = carriages;
    this.integrity = settings.integrity();
    this.rates = rates;
    this.slots = slots;
    this.dispositions = new ContentDisposition(settings.inlineTypes());
  }

  /** How a file is to be delivered. */
  Plan plan(DownloadRequest request, FileRecord file) {
    return planner.plan(file, request.ask());
  }

  /** What the rate limits say. */
  DownloadRates rates() {
    return rates;
  }

  /** Records that somebody is shown what a file is, and nothing of its bytes. */
  Future<Void> shown(DownloadRequest request, Grant grant, FileRecord file) {
    return log.allowed(request, grant, file, Way.NONE, 200, Optional.empty()).begun().mapEmpty();
  }

  /**
   * Carries out a plan.
   *
   * @param watch what has to watch the bytes on their way, if anything
   */
  Future<Outcome> carryOut(
      Plan plan, DownloadRequest request, Grant grant, FileRecord file, Watch watch) {
    return plan.match(new Run(request, grant, file, watch));
  }

  /** Counts a refusal of somebody who showed nothing that holds; written down once in a while. */
  void refusedUnknown(DownloadRequest request, String reason, int status) {
    log.audit().refused(reason, status, request.clientAddress());
  }

  /** Records a refusal and says so; who asks too often has it counted, or could fill the disk. */
  Future<Outcome> refuse(DownloadRequest request, Grant grant, Refusal refusal) {
    if (refusal == Refusal.TOO_MANY) {
      count(request, grant, refusal);
      return Future.succeededFuture(new Outcome.Refused(refusal));
    }
    return log.refused(request, grant, refusal).map(recorded -> new Outcome.Refused(refusal));
  }

  /** Counts that somebody asked too fast, and says so. */
  Future<Outcome> limited(DownloadRequest request, Grant grant, Excess excess) {
    count(request, grant, Refusal.TOO_FAST);
    return Future.succeededFuture(new Outcome.Limited(excess));
  }

  private void count(DownloadRequest request, Grant grant, Refusal refusal) {
    log.audit().refused(refusal.word(), refusal.status(), request.clientAddress(), grant.actor());
  }

  /** What a missing answer of keys, store or audit log means to the client. */
  static Future<Outcome> shortage(Throwable failure) {
    if (failure instanceof KeysUnavailableException) {
      return unavailable(Shortage.KEYS, failure);
    }
    if (failure instanceof StoreUnavailableException) {
      return unavailable(Shortage.STORE, failure);
    }
    if (failure instanceof AuditUnavailableException) {
      return unavailable(Shortage.AUDIT, failure);
    }
    return Future.failedFuture(failure);
  }

  private static Future<Outcome> unavailable(Shortage shortage, Throwable failure) {
    LOG.atWarn()
        .addKeyValue("missing", shortage.word())
        .addKeyValue("reason", failure.getMessage())
        .log("no decision");
    return Future.succeededFuture(new Outcome.Unavailable(shortage));
  }

  /** One plan under way. */
  private final class Run implements Plan.Cases<Future<Outcome>> {
    private final DownloadRequest request;
    private final Grant grant;
    private final Watch watch;
    private final FileRecord file;

    Run(DownloadRequest request, Grant grant, FileRecord file, Watch watch) {
      this.request = request;
      this.grant = grant;
      this.watch = watch;
      this.file = file;
    }

    @Override
    public Future<Outcome> send(Plan.Send plan) {
      if (plan.head()) {
        return answer(plan, 200);
      }
      boolean elsewhere = request.offloadable() && !isChecked(plan);
      return slots.take(
          grant,
          slot -> elsewhere ? offload(plan, slot) : stream(plan, slot),
          refusal -> refuse(request, grant, refusal));
    }

    /** What is checked has to pass through here. */
    private boolean isChecked(Plan.Send plan) {
      return CheckedSource.coversAll(file, plan.span())
          && integrity.choose(file.checksums()).isPresent();
    }

    /** Whatever does not come to a stream gives its slot back here; a stream, at its end. */
    private Future<Outcome> stream(Plan.Send plan, DownloadSlots.Slot slot) {
      int status = plan.span().isPresent() ? 206 : 200;
      return record(Way.STREAM, status, plan.span())
          .compose(download -> open(plan, download, slot))
          .onFailure(failure -> slot.giveBack());
    }

    /** The slot is held until nginx's log tells the end. */
    private Future<Outcome> offload(Plan.Send plan, DownloadSlots.Slot slot) {
      int status = plan.span().isPresent() ? 206 : 200;
      return record(Way.OFFLOAD, status, plan.span())
          .compose(
              download ->
                  offloads
                      .sign(file, download.event())
                      .map(url -> carriage(plan, url, download, slot))
                      .compose(this::handOver)
                      .onFailure(failure -> slot.giveBack())
                      .recover(failure -> unreadable(download, failure)))
          .onFailure(failure -> slot.giveBack());
    }

    private Carriage carriage(
        Plan.Send plan, SignedUrl url, Download download, DownloadSlots.Slot slot) {
      return new Carriage(
          download,
          file,
          plan,
          url,
          rates.perSecond(),
          request.interest().traceParent(),
          watch,
          slot,
          carriages.end());
    }

    private Future<Outcome> handOver(Carriage carriage) {
      if (request.interest().lost()) {
        return Future.failedFuture(new InterestLostException());
      }
      carriages.begin(carriage);
      return Future.succeededFuture(new Outcome.Offloading(carriage, carriages));
    }

    @Override
    public Future<Outcome> redirect(Plan.Redirect plan) {
      Download download = log.allowed(request, grant, file, Way.REDIRECT, 302, Optional.empty());
      return redirects
          .sign(file, dispositions.forRedirect(file), download.event())
          .transform(
              signed ->
                  signed.succeeded()
                      ? issue(signed.result(), download)
                      : download.begun().compose(begun -> unreadable(begun, signed.cause())));
    }

    @Override
    public Future<Outcome> notModified() {
      return answer(new Plan.NotModified(), 304);
    }

    @Override
    public Future<Outcome> preconditionFailed() {
      return answer(new Plan.PreconditionFailed(), 412);
    }

    @Override
    public Future<Outcome> unsatisfiable() {
      return answer(new Plan.Unsatisfiable(), 416);
    }

    private Future<Outcome> answer(Plan plan, int status) {
      return record(Way.NONE, status, Optional.empty())
          .map(download -> new Outcome.Answered(file, plan));
    }

    private Future<Download> record(Way way, int status, Optional<ByteSpan> span) {
      return log.allowed(request, grant, file, way, status, span).begun();
    }

    private Future<Outcome> open(Plan.Send plan, Download download, DownloadSlots.Slot slot) {
      return source
          .open(file, plan.span(), request.interest())
          .<Outcome>map(
              read ->
                  new Outcome.Streaming(
                      grant,
                      file,
                      plan,
                      watch.around().apply(rates.paced(request, grant, read)),
                      download,
                      slot))
          .recover(
              failure -> {
                slot.giveBack();
                return unreadable(download, failure);
              });
    }

    private Future<Outcome> issue(SignedUrl url, Download download) {
      return download.redirected().map(recorded -> new Outcome.Redirecting(file, url));
    }

    private Future<Outcome> unreadable(Download download, Throwable failure) {
      if (failure instanceof InterestLostException) {
        return download
            .ended(new TransferEnd(Ending.ABORTED_BY_CLIENT, 0))
            .map(recorded -> new Outcome.Left());
      }
      if (!(failure instanceof SourceException broken)) {
        return Future.failedFuture(failure);
      }
      TraceParent.told(
              LOG.atError().addKeyValue("request", request.requestId()),
              request.interest().traceParent())
          .addKeyValue("file", file.id())
          .addKeyValue("failure", broken.failure().word())
          .addKeyValue("detail", broken.getMessage())
          .log("object not readable");
      return download
          .failed(broken.failure())
          .map(recorded -> new Outcome.Unreadable(broken.failure(), broken.retryAfter()));
    }
  }
}
