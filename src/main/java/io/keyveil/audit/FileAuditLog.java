package io.keyveil.audit;

import io.keyveil.audit.PendingRecords.Entry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log as JSON lines in a folder, a new file for each start.
 *
 * <p>One thread does all file work. It takes whatever has queued up, writes it in one go, lets the
 * disk confirm once, and only then tells everyone who waits: under load many records share one
 * fsync. If that fails, all of them fail, and the next batch tries anew, so that the log recovers
 * by itself once there is room or a folder again. A health question while it is down writes a
 * record of its own, {@code resume}: an instance that is not ready gets no downloads that could
 * find out.
 */
public final class FileAuditLog implements AuditLog {
  private static final Logger LOG = LoggerFactory.getLogger(FileAuditLog.class);

  /** How many records share one write at most, which bounds the buffer that holds them. */
  private static final int BATCH = 1000;

  private final Vertx vertx;
  private final AuditSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final String instance;
  private final AuditFolder folder;
  private final PendingRecords pending;
  private final Promise<Void> ended = Promise.promise();

  private ChainLink last;
  private volatile @Nullable String trouble;

  FileAuditLog(
      Vertx vertx,
      AuditSettings settings,
      InstantSource clock,
      SecureRandom random,
      AuditSink.Opener opener) {
    this.vertx = vertx;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.instance = settings.instance().orElseGet(() -> randomInstance(random));
    this.pending = new PendingRecords(settings.queueLimit());
    this.folder = new AuditFolder(settings, instance, opener, clock);
    this.last = begin();
    Thread writer = new Thread(this::run, "audit-writer");
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * Opens the log. Blocks; for startup, off the event loops.
   *
   * @throws AuditUnavailableException with one line for the operator, if nothing can be written
   */
  public static FileAuditLog open(
      Vertx vertx, AuditSettings settings, InstantSource clock, SecureRandom random) {
    return new FileAuditLog(vertx, settings, clock, random, AuditSink::create);
  }

  @Override
  public Future<Void> append(List<AuditRecord> records) {
    return submit(records, true);
  }

  @Override
  public Future<Void> follow(AuditRecord record) {
    return submit(List.of(record), false);
  }

  @Override
  public Future<Optional<String>> health() {
    return submit(trouble == null ? List.of() : List.of(resumed()), true)
        .map(done -> Optional.ofNullable(trouble))
        .otherwise(failure -> Optional.of(String.valueOf(failure.getMessage())));
  }

  /** Takes no more records, writes those that wait, and unlocks the folder. */
  public Future<Void> close() {
    pending.close();
    return ended.future();
  }

  private Future<Void> submit(List<AuditRecord> records, boolean awaited) {
    Entry entry = new Entry(records, vertx.getOrCreateContext());
    try {
      pending.add(entry, awaited);
      return entry.written();
    } catch (AuditUnavailableException e) {
      return Future.failedFuture(e);
    }
  }

  private ChainLink begin() {
    try {
      folder.create();
      ChainLink end = AuditFiles.lastLink(settings.folder());
      folder.ready();
      return end;
    } catch (IOException e) {
      folder.close();
      throw new AuditUnavailableException(
          "audit.folder: "
              + settings.folder()
              + " cannot be written: "
              + reason(e)
              + " (expected: a folder that only keyveil writes to)");
    } catch (AuditUnavailableException e) {
      folder.close();
      throw e;
    }
  }

  private void run() {
    try {
      List<Entry> batch = pending.take(BATCH);
      while (!batch.isEmpty()) {
        commit(batch);
        batch = pending.take(BATCH);
      }
    } catch (InterruptedException e) {
      LOG.atWarn().log("audit log interrupted");
    } finally {
      end();
    }
  }

  /** Also reached when the thread dies of an error; nobody may wait for it then. */
  private void end() {
    List<Entry> left = pending.end();
    folder.close();
    fail(left, "the audit log is closed");
    ended.complete();
  }

  private void commit(List<Entry> batch) {
    try {
      folder.ready();
      if (write(batch)) {
        // Only a write proves it: a full disk still opens files.
        trouble = null;
      }
      PendingRecords.finish(batch, Future.succeededFuture());
    } catch (IOException | RuntimeException e) {
      folder.giveUp();
      fail(batch, "the audit log cannot be written: " + reason(e));
    }
  }

  /** Writes the records of a batch, and tells whether there were any. */
  private boolean write(List<Entry> batch) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    ChainLink end = last;
    for (Entry entry : batch) {
      for (AuditRecord record : entry.records()) {
        byte[] line = AuditLine.write(record, end, instance);
        if (line.length > AuditLine.LONGEST) {
          throw new AuditUnavailableException("a record is too long");
        }
        lines.writeBytes(line);
        lines.write('\n');
        end = ChainLink.of(end.seq() + 1, line);
      }
    }
    if (lines.size() == 0) {
      return false;
    }
    folder.write(ByteBuffer.wrap(lines.toByteArray()));
    last = end;
    return true;
  }

  private void fail(List<Entry> batch, String why) {
    if (trouble == null && !batch.isEmpty()) {
      LOG.atError().addKeyValue("why", why).log("audit log down");
    }
    trouble = why;
    PendingRecords.finish(batch, Future.failedFuture(new AuditUnavailableException(why)));
  }

  private AuditRecord resumed() {
    return new AuditRecord.Management(
        EventId.random(random),
        Optional.empty(),
        clock.instant(),
        Optional.empty(),
        "resume",
        Optional.empty(),
        "done");
  }

  /** Kind and text of a failure, which is about a path or a disk and never about a record. */
  private static String reason(Exception failure) {
    return failure instanceof AuditUnavailableException
        ? String.valueOf(failure.getMessage())
        : failure.getClass().getSimpleName() + " " + failure.getMessage();
  }

  private static String randomInstance(SecureRandom random) {
    byte[] bits = new byte[4];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }
}
