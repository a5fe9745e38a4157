package io.keyveil.http;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Lookout;
import io.keyveil.delivery.Outcome;
import io.keyveil.delivery.Plan;
import io.keyveil.delivery.Refusal;
import io.keyveil.delivery.Shortage;
import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.delivery.TraceParent;
import io.keyveil.delivery.Transfer;
import io.keyveil.delivery.TransferEnd;
import io.keyveil.file.FileRecord;
import io.keyveil.limit.Excess;
import io.keyveil.ops.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Obeys the outcome of one request. */
final class OutcomeWriter implements Outcome.Cases<Future<Void>> {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

  /** Whoever switched all downloads off will take at least so long to switch them on again. */
  private static final Duration SWITCHED_OFF = Duration.ofSeconds(60);

  private static final CharSequence NOTHING = HttpHeaders.createOptimized("0");

  private final Tools tools;
  private final Exchange exchange;
  private final HttpServerRequest request;
  private final HttpServerResponse response;

  /** What every writer of an event loop shares. */
  record Tools(
      Vertx vertx,
      Answers answers,
      FileHeaders headers,
      RunningTransfers transfers,
      Meters meters,
      Lookout stalls,
      String readScope,
      String offloadLocation) {}

  OutcomeWriter(Tools tools, Exchange exchange) {
    this.tools = tools;
    this.exchange = exchange;
    this.request = exchange.request();
    this.response = request.response();
  }

  @Override
  public Future<Void> refused(Refusal refusal) {
    tools.meters().decided("refused", refusal.word());
    return problem(
        switch (refusal) {
          case NO_CREDENTIAL -> Problem.NO_CREDENTIAL;
          case INVALID_TOKEN, BLOCKED_TOKEN -> Problem.INVALID_TOKEN;
          case INSUFFICIENT_SCOPE -> Problem.insufficientScope(tools.readScope());
          case TOO_MANY, TOO_FAST -> Problem.TOO_MANY;
          case FULL -> Problem.unavailable("Too many downloads run now.");
          case BLOCKED -> Problem.unavailable("Downloads are switched off now.", SWITCHED_OFF);
          case UNKNOWN, FOREIGN, REVOKED, EXPIRED, BLOCKED_FILE, LINK_UNKNOWN -> Problem.NOT_FOUND;
          case LINK_EXPIRED -> Problem.LINK_EXPIRED;
          case LINK_REVOKED, BLOCKED_LINK -> Problem.LINK_REVOKED;
          case LINK_USED_UP -> Problem.LINK_USED_UP;
          case LINK_IN_USE -> Problem.LINK_IN_USE;
          case LINK_WITHOUT_FILE -> Problem.GONE;
          case PREVIEW -> Problem.PREVIEW;
        });
  }

  @Override
  public Future<Void> limited(Excess excess) {
    tools.meters().decided("refused", Refusal.TOO_FAST.word());
    return problem(Problem.tooFast(excess));
  }

  @Override
  public Future<Void> answered(FileRecord file, Plan plan) {
    tools.meters().decided("allowed", "none");
    return plan.match(new KnownAnswer(file));
  }

  @Override
  public Future<Void> redirecting(FileRecord file, SignedUrl url) {
    tools.meters().decided("allowed", "redirect");
    response.setStatusCode(302).putHeader(HttpHeaders.LOCATION, url.reveal());
    response.putHeader(HttpHeaders.CONTENT_LENGTH, NOTHING);
    return response.end();
  }

  /**
   * nginx takes the URL's path, never its host, and sends {@code Range} and {@code If-Match} as
   * they stand here; of what it has from us it passes on what its configuration names.
   */
  @Override
  public Future<Void> offloading(Outcome.Offloading offloading) {
    tools.meters().decided("allowed", "offload");
    if (response.closed()) {
      return offloading.lost();
    }
    FileRecord file = offloading.file();
    Optional<ByteSpan> span = offloading.plan().span();
    URI url = URI.create(offloading.url().reveal());
    tools.headers().content(response, file, span);
    response.headers().remove(HttpHeaders.CONTENT_RANGE);
    response
        .putHeader(HttpHeaders.CONTENT_LENGTH, NOTHING)
        .putHeader("X-Accel-Redirect", tools.offloadLocation())
        .putHeader("X-Keyveil-Host", url.getRawAuthority())
        .putHeader("X-Keyveil-Target", url.getRawPath() + "?" + url.getRawQuery())
        .putHeader("X-Keyveil-Match", file.etag().text())
        .putHeader("X-Keyveil-Event", offloading.event())
        .putHeader("X-Keyveil-Instance", offloading.instance())
        .putHeader(
            "X-Keyveil-Length", Long.toString(span.map(ByteSpan::length).orElse(file.size())));
    span.ifPresent(
        part -> response.putHeader("X-Keyveil-Range", "bytes=" + part.first() + "-" + part.last()));
    offloading.window().ifPresent(window -> response.putHeader("X-Keyveil-Window", window));
    offloading.trace().ifPresent(trace -> response.putHeader("X-Keyveil-Trace", trace));
    offloading
        .perSecond()
        .ifPresent(bytes -> response.putHeader("X-Accel-Limit-Rate", Long.toString(bytes)));
    return response.end().recover(failure -> offloading.lost());
  }

  @Override
  public Future<Void> unreadable(SourceFailure failure, Duration retryAfter) {
    tools.meters().decided("failed", failure.word());
    tools.meters().alarm("source-" + failure.word());
    return problem(
        switch (failure) {
          case GONE, CHANGED -> Problem.GONE;
          case REFUSED, BROKEN, CORRUPT -> Problem.BAD_GATEWAY;
          case BUSY, FULL -> Problem.unavailable("The storage behind the gateway is busy.");
          case RESTING ->
              Problem.unavailable("The storage behind the gateway has trouble.", retryAfter);
          case SILENT -> Problem.UPSTREAM_TIMEOUT;
        });
  }

  @Override
  public Future<Void> unavailable(Shortage shortage) {
    tools.meters().decided("failed", shortage.word());
    tools.meters().alarm("shortage-" + shortage.word());
    return problem(Problem.unavailable("The gateway cannot decide now; try again soon."));
  }

  @Override
  public Future<Void> left() {
    tools.meters().decided("allowed", "left");
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> streaming(Outcome.Streaming streaming) {
    tools.meters().decided("allowed", "stream");
    Transfer transfer = new Transfer(tools.stalls(), streaming.read(), response);
    if (response.closed()) {
      streaming.read().cancel();
      streaming.slot().giveBack();
      return streaming.download().ended(new TransferEnd(Ending.ABORTED_BY_CLIENT, 0));
    }
    try {
      response.setStatusCode(streaming.plan().span().isPresent() ? 206 : 200);
      tools.headers().content(response, streaming.file(), streaming.plan().span());
    } catch (RuntimeException e) {
      streaming.read().cancel();
      streaming.slot().giveBack();
      throw e;
    }
    exchange.atEnd(() -> transfer.abort(Ending.ABORTED_BY_CLIENT));
    tools
        .transfers()
        .add(
            transfer, tools.vertx().getOrCreateContext(), streaming.grant(), streaming.file().id());
    tools.meters().downloadBegan();
    return transfer
        .start()
        .compose(end -> close(transfer, end))
        .onSuccess(end -> over(transfer, streaming, end))
        .compose(streaming.download()::ended);
  }

  /**
   * A whole transfer has ended the answer; any other breaks it, so that no client takes it for
   * whole.
   */
  private Future<TransferEnd> close(Transfer transfer, TransferEnd end) {
    if (end.ending() != Ending.COMPLETE) {
      return response.reset().transform(reset -> Future.succeededFuture(end));
    }
    return taken(transfer.taken())
        .map(end)
        .otherwise(failure -> new TransferEnd(Ending.ABORTED_BY_CLIENT, end.bytes()));
  }

  /** The last bytes wait for the client as well; one that never takes them has left. */
  private Future<Void> taken(Future<Void> ended) {
    if (ended.isComplete()) {
      return ended;
    }
    LastBytes last = new LastBytes(ended);
    tools.stalls().add(last);
    return last.taken.future().onComplete(over -> tools.stalls().remove(last));
  }

  private void over(Transfer transfer, Outcome.Streaming streaming, TransferEnd end) {
    streaming.slot().giveBack();
    tools.transfers().remove(transfer);
    tools.meters().downloadEnded(end.ending().word(), end.bytes());
    if (end.ending() == Ending.UPSTREAM_FAILED) {
      alarm("transfer-broken", streaming.file(), end, "transfer broken on the side of S3");
    } else if (end.ending() == Ending.CORRUPT) {
      alarm("transfer-corrupt", streaming.file(), end, "object in S3 is not what was registered");
    }
  }

  private void alarm(String kind, FileRecord file, TransferEnd end, String event) {
    tools.meters().alarm(kind);
    TraceParent.told(
            LOG.atError().addKeyValue("request", Answers.requestId(request)),
            Answers.passedOn(request))
        .addKeyValue("file", file.id())
        .addKeyValue("bytes", end.bytes())
        .log(event);
  }

  private Future<Void> problem(Problem problem) {
    tools.answers().problem(request, problem);
    return Future.succeededFuture();
  }

  /** The end of an answer, which is given up at the second look that finds it under way. */
  private final class LastBytes implements Lookout.Watched {
    private final Promise<Void> taken = Promise.promise();
    private boolean lookedAt;

    LastBytes(Future<Void> ended) {
      var unused = ended.onSuccess(taken::tryComplete).onFailure(taken::tryFail);
    }

    @Override
    public void look() {
      if (lookedAt) {
        var unused = response.reset();
        taken.tryFail("the client stands still");
      }
      lookedAt = true;
    }
  }

  /** What is answered from the store alone. */
  private final class KnownAnswer implements Plan.Cases<Future<Void>> {
    private final FileRecord file;

    KnownAnswer(FileRecord file) {
      this.file = file;
    }

    @Override
    public Future<Void> send(Plan.Send send) {
      response.setStatusCode(200);
      tools.headers().content(response, file, send.span());
      return response.end();
    }

    @Override
    public Future<Void> redirect(Plan.Redirect redirect) {
      throw new IllegalStateException("a redirect needs a signed URL");
    }

    @Override
    public Future<Void> notModified() {
      tools.headers().validators(response, file);
      response.setStatusCode(304);
      return response.end();
    }

    @Override
    public Future<Void> preconditionFailed() {
      tools.headers().validators(response, file);
      return problem(Problem.PRECONDITION_FAILED);
    }

    @Override
    public Future<Void> unsatisfiable() {
      return problem(
          Problem.of(416, "range", "Range not satisfiable", "The file ends before that range.")
              .with("Content-Range", "bytes */" + file.size())
              .with("Accept-Ranges", "bytes"));
    }
  }
}
