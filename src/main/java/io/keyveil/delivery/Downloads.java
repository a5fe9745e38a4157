package io.keyveil.delivery;

import io.keyveil.access.KeysUnavailableException;
import io.keyveil.access.Rejection;
import io.keyveil.access.Subject;
import io.keyveil.access.Token;
import io.keyveil.access.TokenVerifier;
import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Way;
import io.keyveil.audit.AuditUnavailableException;
import io.keyveil.block.BlockList;
import io.keyveil.block.Blocks;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.FileStore;
import io.keyveil.file.StoreUnavailableException;
import io.keyveil.limit.Excess;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about downloads, in this order: who asks, not too fast, is anything of it switched off,
 * what is asked for, may they, how is it delivered, is there a slot for it, is it written down.
 * Only then is S3 asked for anything.
 *
 * <p>A file that is unknown, foreign, revoked, expired or blocked takes the same way to the same
 * refusal, so that neither the answer nor the work behind it tells which it was.
 */
public final class Downloads {
  private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

  private final TokenVerifier tokens;
  private final Blocks blocks;
  private final FileStore files;
  private final DeliveryPlanner planner;
  private final DownloadLog log;
  private final ObjectSource source;
  private final RedirectSigner redirects;
  private final DownloadRates rates;
  private final DownloadSlots slots;
  private final ContentDisposition dispositions;
  private final String readScope;
  private final InstantSource clock;

  public Downloads(
      TokenVerifier tokens,
      Blocks blocks,
      FileStore files,
      AuditLog audit,
      ObjectSource source,
      RedirectSigner redirects,
      DownloadRates rates,
      DownloadSlots slots,
      DeliverySettings settings,
      SecureRandom random,
      InstantSource clock) {
    this.tokens = tokens;
    this.blocks = blocks;
    this.files = files;
    this.planner = new DeliveryPlanner(settings.redirectAbove().bytes());
    this.log = new DownloadLog(audit, random, clock);
    this.source = source;
    this.redirects = redirects;
    this.rates = rates;
    this.slots = slots;
    this.dispositions = new ContentDisposition(settings.inlineTypes());
    this.readScope = settings.readScope();
    this.clock = clock;
  }

  /**
   * Decides and records.
   *
   * @return what to answer; fails only through a fault of our own
   */
  public Future<Outcome> decide(DownloadRequest request) {
    return request
        .token()
        .map(token -> verified(request, token))
        .orElseGet(() -> nobody(request))
        .recover(Downloads::shortage);
  }

  private Future<Outcome> verified(DownloadRequest request, Token token) {
    return tokens
        .verify(token)
        .compose(
            verdict ->
                verdict.match(
                    subject -> within(request, subject), reason -> rejected(request, reason)));
  }

  /** Before anything is looked up, so that every file counts the same, known or not. */
  private Future<Outcome> within(DownloadRequest request, Subject subject) {
    return rates
        .asked(request, subject)
        .map(excess -> limited(request, subject, excess))
        .orElseGet(() -> unblocked(request, subject));
  }

  private Future<Outcome> limited(DownloadRequest request, Subject subject, Excess excess) {
    return log.refused(request, subject, Refusal.TOO_FAST)
        .map(recorded -> new Outcome.Limited(excess));
  }

  private Future<Outcome> unblocked(DownloadRequest request, Subject subject) {
    return blocks.current().compose(list -> unblocked(request, subject, list));
  }

  private Future<Outcome> unblocked(DownloadRequest request, Subject subject, BlockList list) {
    Instant now = clock.instant();
    if (list.blocks(subject, now)) {
      return refuse(request, subject, Refusal.BLOCKED_TOKEN);
    }
    return list.blocksEverything(now)
        ? refuse(request, subject, Refusal.BLOCKED)
        : scoped(request, subject, list);
  }

  private Future<Outcome> nobody(DownloadRequest request) {
    Refusal refusal = Refusal.NO_CREDENTIAL;
    log.audit().refused(refusal.word(), refusal.status(), request.clientAddress());
    return refuse(refusal);
  }

  private Future<Outcome> rejected(DownloadRequest request, Rejection reason) {
    Optional<Excess> excess = rates.failed(request, reason);
    log.audit().refused(reason.word(), excess.isPresent() ? 429 : 401, request.clientAddress());
    return excess
        .<Future<Outcome>>map(much -> Future.succeededFuture(new Outcome.Limited(much)))
        .orElseGet(() -> invalid(request, reason));
  }

  /** The reason is for the operator's log; the client gets one text for all. */
  private static Future<Outcome> invalid(DownloadRequest request, Rejection reason) {
    LOG.atInfo()
        .addKeyValue("request", request.requestId())
        .addKeyValue("reason", reason.word())
        .log("token rejected");
    return refuse(Refusal.INVALID_TOKEN);
  }

  private Future<Outcome> scoped(DownloadRequest request, Subject subject, BlockList list) {
    return readScope.isEmpty() || subject.hasScope(readScope)
        ? found(request, subject, list)
        : refuse(request, subject, Refusal.INSUFFICIENT_SCOPE);
  }

  private Future<Outcome> found(DownloadRequest request, Subject subject, BlockList list) {
    return request
        .file()
        .map(this::find)
        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
        .compose(file -> judge(request, subject, list, file));
  }

  private Future<Optional<FileRecord>> find(FileId id) {
    return files.find(id);
  }

  private Future<Outcome> judge(
      DownloadRequest request, Subject subject, BlockList list, Optional<FileRecord> file) {
    Instant now = clock.instant();
    boolean blocked = request.file().filter(id -> list.blocks(id, now)).isPresent();
    Optional<Refusal> objection =
        file.map(known -> objection(known, subject, blocked, now))
            .orElse(Optional.of(Refusal.UNKNOWN));
    return objection
        .map(refusal -> refuse(request, subject, refusal))
        .orElseGet(() -> obey(request, subject, file.orElseThrow()));
  }

  private static Optional<Refusal> objection(
      FileRecord file, Subject subject, boolean blocked, Instant now) {
    boolean allowed = file.access().allows(subject, now);
    if (!allowed) {
      return Optional.of(Refusal.FOREIGN);
    }
    if (blocked) {
      return Optional.of(Refusal.BLOCKED_FILE);
    }
    if (file.state() == FileState.REVOKED) {
      return Optional.of(Refusal.REVOKED);
    }
    return file.expired(now) ? Optional.of(Refusal.EXPIRED) : Optional.empty();
  }

  private Future<Outcome> obey(DownloadRequest request, Subject subject, FileRecord file) {
    return planner.plan(file, request.ask()).match(new PlanRunner(request, subject, file));
  }

  private Future<Outcome> refuse(DownloadRequest request, Subject subject, Refusal refusal) {
    return log.refused(request, subject, refusal).compose(recorded -> refuse(refusal));
  }

  private static Future<Outcome> refuse(Refusal refusal) {
    return Future.succeededFuture(new Outcome.Refused(refusal));
  }

  private static Future<Outcome> shortage(Throwable failure) {
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

  /** Carries out one plan: records it first, then turns to S3 where the plan needs it. */
  private final class PlanRunner implements Plan.Cases<Future<Outcome>> {
    private final DownloadRequest request;
    private final Subject subject;
    private final FileRecord file;

    PlanRunner(DownloadRequest request, Subject subject, FileRecord file) {
      this.request = request;
      this.subject = subject;
      this.file = file;
    }

    @Override
    public Future<Outcome> send(Plan.Send plan) {
      if (plan.head()) {
        return answer(plan, 200);
      }
      return slots.take(
          subject, slot -> stream(plan, slot), refusal -> refuse(request, subject, refusal));
    }

    /** Whatever does not come to a stream gives its slot back here; a stream, at its end. */
    private Future<Outcome> stream(Plan.Send plan, DownloadSlots.Slot slot) {
      int status = plan.span().isPresent() ? 206 : 200;
      return record(Way.STREAM, status, plan.span())
          .compose(download -> open(plan, download, slot))
          .onFailure(failure -> slot.giveBack());
    }

    @Override
    public Future<Outcome> redirect(Plan.Redirect plan) {
      Download download = log.allowed(request, subject, file, Way.REDIRECT, 302, Optional.empty());
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
      return log.allowed(request, subject, file, way, status, span).begun();
    }

    private Future<Outcome> open(Plan.Send plan, Download download, DownloadSlots.Slot slot) {
      return source
          .open(file, plan.span(), request.interest())
          .map(read -> rates.paced(request, subject, read))
          .<Outcome>map(read -> new Outcome.Streaming(subject, file, plan, read, download, slot))
          .onFailure(failure -> slot.giveBack())
          .recover(failure -> unreadable(download, failure));
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
      LOG.atError()
          .addKeyValue("request", request.requestId())
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
