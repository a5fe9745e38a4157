package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Intent;
import io.vertx.core.Future;
import java.util.List;

/** A download that was allowed: its beginning and its end in the audit log. */
public final class Download {
  private final DownloadLog log;
  private final Intent intent;

  Download(DownloadLog log, Intent intent) {
    this.log = log;
    this.intent = intent;
  }

  /** Records the intent; bytes may leave once this has succeeded. */
  Future<Download> begun() {
    return log.audit().append(intent).map(this);
  }

  /** Records the whole of a download that is over, for us, with the URL that is given out. */
  Future<Download> redirected() {
    return log.audit()
        .append(List.of(intent, completion(new TransferEnd(Ending.REDIRECTED, 0), intent.status())))
        .map(this);
  }

  /** Records the end; call it once. A failure is the log's to raise the alarm about. */
  public Future<Void> ended(TransferEnd end) {
    return log.audit().follow(completion(end, intent.status()));
  }

  /** Records that the object was not to be had, so that another answer goes out than planned. */
  public Future<Void> failed(SourceFailure failure) {
    return log.audit()
        .follow(completion(new TransferEnd(Ending.UPSTREAM_FAILED, 0), failure.status()));
  }

  /** The intent's ID, which also ties S3's log to ours. */
  String event() {
    return intent.event().text();
  }

  /** An end that others tell of, with all that is known here of its beginning. */
  Completion told(Completion end) {
    return end.after(intent);
  }

  private Completion completion(TransferEnd end, int status) {
    return Completion.of(intent, log.now(), end.ending(), status, end.bytes());
  }
}
