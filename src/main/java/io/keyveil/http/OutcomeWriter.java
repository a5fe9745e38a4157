package io.keyveil.http;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.delivery.DownloadSlots;
import io.keyveil.delivery.Outcome;
import io.keyveil.delivery.Plan;
import io.keyveil.delivery.Refusal;
import io.keyveil.delivery.Shortage;
import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.delivery.Transfer;
import io.keyveil.delivery.TransferEnd;
import io.keyveil.file.FileRecord;
import io.keyveil.ops.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Obeys the outcome of one request. */
final class OutcomeWriter implements Outcome.Cases<Future<Void>> {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

  private final Tools tools;
  private final RoutingContext context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;

  /** What every writer of an event loop shares. */
  record Tools(
      Vertx vertx,
      Answers answers,
      FileHeaders headers,
      RunningTransfers transfers,
      Meters meters,
      Duration stallTimeout,
      String readScope) {}

  OutcomeWriter(Tools tools, RoutingContext context) {
    this.tools = tools;
    this.context = context;
    this.request = context.request();
    this.response = request.response();
  }

  @Override
  public Future<Void> refused(Refusal refusal) {
    tools.meters().decided("refused", refusal.word());
    return problem(
        switch (refusal) {
          case NO_CREDENTIAL -> Problem.NO_CREDENTIAL;
          case INVALID_TOKEN -> Problem.INVALID_TOKEN;
          case INSUFFICIENT_SCOPE -> Problem.insufficientScope(tools.readScope());
          case TOO_MANY -> Problem.TOO_MANY;
          case FULL -> Problem.unavailable("Too many downloads run now.");
          case UNKNOWN, FOREIGN, REVOKED, EXPIRED -> Problem.NOT_FOUND;
        });
  }

  @Override
  public Future<Void> answered(FileRecord file, Plan plan) {
    tools.meters().decided("allowed", "none");
    return plan.match(new KnownAnswer(file));
  }

  @Override
  public Future<Void> redirecting(FileRecord file, SignedUrl url) {
    tools.meters().decided("allowed", "redirect");
    response.setStatusCode(302).putHeader("Location", url.reveal());
    response.putHeader("Content-Length", "0");
    return response.end();
  }

  @Override
  public Future<Void> unreadable(SourceFailure failure, Duration retryAfter) {
    tools.meters().decided("failed", failure.word());
    tools.meters().alarm("source-" + failure.word());
    return problem(
        switch (failure) {
          case GONE, CHANGED -> Problem.GONE;
          case REFUSED, BROKEN -> Problem.BAD_GATEWAY;
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
    Transfer transfer =
        new Transfer(tools.vertx(), streaming.read(), response, tools.stallTimeout());
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
    context.addEndHandler(left -> transfer.abort(Ending.ABORTED_BY_CLIENT));
    tools.transfers().add(transfer, tools.vertx().getOrCreateContext());
    tools.meters().downloadBegan();
    return transfer
        .start()
        .compose(this::close)
        .onSuccess(end -> over(transfer, streaming.slot(), end))
        .compose(streaming.download()::ended);
  }

  /**
   * A whole transfer ends the answer; any other breaks it, so that no client takes it for whole.
   */
  private Future<TransferEnd> close(TransferEnd end) {
    if (end.ending() != Ending.COMPLETE) {
      return response.reset().transform(reset -> Future.succeededFuture(end));
    }
    return taken(response.end())
        .map(end)
        .otherwise(failure -> new TransferEnd(Ending.ABORTED_BY_CLIENT, end.bytes()));
  }

  /** The last bytes wait for the client as well; one that never takes them has left. */
  private Future<Void> taken(Future<Void> ended) {
    return ended.isComplete()
        ? ended
        : ended
            .timeout(tools.stallTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .onFailure(failure -> response.reset());
  }

  private void over(Transfer transfer, DownloadSlots.Slot slot, TransferEnd end) {
    slot.giveBack();
    tools.transfers().remove(transfer);
    tools.meters().downloadEnded(end.ending().word(), end.bytes());
    if (end.ending() == Ending.UPSTREAM_FAILED) {
      tools.meters().alarm("transfer-broken");
      LOG.atError()
          .addKeyValue("request", Answers.requestId(request))
          .addKeyValue("bytes", end.bytes())
          .log("transfer broken on the side of S3");
    }
  }

  private Future<Void> problem(Problem problem) {
    tools.answers().problem(request, problem);
    return Future.succeededFuture();
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
