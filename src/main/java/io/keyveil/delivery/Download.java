package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.EventId;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A download that was allowed and recorded, and whose end is still to be recorded. */
public final class Download {
  private final DownloadLog log;
  private final EventId event;
  private final String requestId;
  private final Instant decidedAt;
  private final Optional<String> range;
  private final int status;

  Download(
      DownloadLog log,
      EventId event,
      String requestId,
      Instant decidedAt,
      Optional<String> range,
      int status) {
    this.log = log;
    this.event = event;
    this.requestId = requestId;
    this.decidedAt = decidedAt;
    this.range = range;
    this.status = status;
  }

  /** Records the end; call it once. A failure is the log's to raise the alarm about. */
  public Future<Void> ended(TransferEnd end) {
    return record(end, status);
  }

  /** Records that the object was not to be had, so that another answer goes out than planned. */
  public Future<Void> failed(SourceFailure failure) {
    return record(new TransferEnd(Ending.UPSTREAM_FAILED, 0), failure.status());
  }

  /** The intent's ID, which also ties S3's log to ours. */
  String event() {
    return event.text();
  }

  private Future<Void> record(TransferEnd end, int actualStatus) {
    Instant now = log.now();
    return log.append(
        new Completion(
            event,
            requestId,
            now,
            end.ending(),
            actualStatus,
            end.bytes(),
            range,
            Duration.between(decidedAt, now)));
  }
}
