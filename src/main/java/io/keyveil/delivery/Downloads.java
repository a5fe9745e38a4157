package io.keyveil.delivery;

import io.keyveil.access.Rejection;
import io.keyveil.access.Subject;
import io.keyveil.access.Token;
import io.keyveil.access.TokenVerifier;
import io.keyveil.block.BlockList;
import io.keyveil.block.Blocks;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.FileStore;
import io.keyveil.limit.Excess;
import io.vertx.core.Future;
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
  private final Deliverer deliverer;
  private final DownloadRates rates;
  private final String readScope;
  private final InstantSource clock;

  /**
   * @param readScope the scope that a token needs to download at all; empty for none
   */
  public Downloads(
      TokenVerifier tokens,
      Blocks blocks,
      FileStore files,
      Deliverer deliverer,
      String readScope,
      InstantSource clock) {
    this.tokens = tokens;
    this.blocks = blocks;
    this.files = files;
    this.deliverer = deliverer;
    this.rates = deliverer.rates();
    this.readScope = readScope;
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
        .recover(Deliverer::shortage);
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
        .asked(request, new Grant.BySubject(subject))
        .map(excess -> limited(request, subject, excess))
        .orElseGet(() -> unblocked(request, subject));
  }

  private Future<Outcome> limited(DownloadRequest request, Subject subject, Excess excess) {
    return deliverer.limited(request, new Grant.BySubject(subject), excess);
  }

  private Future<Outcome> unblocked(DownloadRequest request, Subject subject) {
    return blocks.current().compose(list -> unblocked(request, subject, list));
  }

  private Future<Outcome> unblocked(DownloadRequest request, Subject subject, BlockList list) {
    Instant now = clock.instant();
    if (list.blocks(subject, now)) {
      return refuse(request, new Grant.BySubject(subject), Refusal.BLOCKED_TOKEN);
    }
    return list.blocksEverything(now)
        ? refuse(request, new Grant.BySubject(subject), Refusal.BLOCKED)
        : scoped(request, subject, list);
  }

  private Future<Outcome> nobody(DownloadRequest request) {
    Refusal refusal = Refusal.NO_CREDENTIAL;
    deliverer.refusedUnknown(request, refusal.word(), refusal.status());
    return refuse(refusal);
  }

  private Future<Outcome> rejected(DownloadRequest request, Rejection reason) {
    Optional<Excess> excess = rates.failed(request, reason);
    deliverer.refusedUnknown(request, reason.word(), excess.isPresent() ? 429 : 401);
    return excess
        .<Future<Outcome>>map(much -> Future.succeededFuture(new Outcome.Limited(much)))
        .orElseGet(() -> invalid(request, reason));
  }

  /** The reason is for the operator's log; the client gets one text for all. */
  private static Future<Outcome> invalid(DownloadRequest request, Rejection reason) {
    TraceParent.told(
            LOG.atInfo().addKeyValue("request", request.requestId()),
            request.interest().traceParent())
        .addKeyValue("reason", reason.word())
        .log("token rejected");
    return refuse(Refusal.INVALID_TOKEN);
  }

  private Future<Outcome> scoped(DownloadRequest request, Subject subject, BlockList list) {
    return readScope.isEmpty() || subject.hasScope(readScope)
        ? found(request, subject, list)
        : refuse(request, new Grant.BySubject(subject), Refusal.INSUFFICIENT_SCOPE);
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
        .map(refusal -> refuse(request, new Grant.BySubject(subject), refusal))
        .orElseGet(() -> obey(request, new Grant.BySubject(subject), file.orElseThrow()));
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

  private Future<Outcome> obey(DownloadRequest request, Grant grant, FileRecord file) {
    return deliverer.carryOut(deliverer.plan(request, file), request, grant, file, Watch.NONE);
  }

  private Future<Outcome> refuse(DownloadRequest request, Grant grant, Refusal refusal) {
    return deliverer.refuse(request, grant, refusal);
  }

  private static Future<Outcome> refuse(Refusal refusal) {
    return Future.succeededFuture(new Outcome.Refused(refusal));
  }
}
