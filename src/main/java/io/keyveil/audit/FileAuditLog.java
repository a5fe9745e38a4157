package io.keyveil.audit;

import io.keyveil.audit.PendingRecords.Entry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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

  /** How many reasons and blocks of addresses one window of refused credentials tells apart. */
  private static final int REFUSALS = 100;

  /** How long a batch may be on its way to the disk before nobody waits for it any longer. */
  private static final int STALLED_AFTER = 5;

  private final Vertx vertx;
  private final AuditSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final AuditFolder folder;
  private final PendingRecords pending;
  private final BatchWriter writer;
  private final WriterWatch watch = new WriterWatch(STALLED_AFTER);
  private final List<Long> timers;
  private final Promise<Void> ended = Promise.promise();

  private final RefusalCount refusals;

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
    String instance = settings.instance().orElseGet(() -> randomInstance(random));
    this.pending = new PendingRecords(settings.queueLimit());
    this.folder = new AuditFolder(settings, instance, opener, clock);
    this.refusals = new RefusalCount(REFUSALS, clock, this::id);
    this.writer = new BatchWriter(folder, begin(instance), settings.queueLimit(), clock);
    Thread thread = new Thread(this::run, "audit-writer");
    thread.setDaemon(true);
    thread.start();
    this.timers =
        List.of(
            vertx.setPeriodic(
                settings.checkpoint().interval().toMillis(), tick -> dropped(checkpoint())),
            vertx.setPeriodic(
                settings.refusalWindow().toMillis(), tick -> dropped(recordRefusals())),
            vertx.setPeriodic(
                1000,
                tick -> {
                  lookAfterWriter();
                  copyCheckpoint();
                }));
  }

  /**
   * Opens the log, after it has been put in order from a crash. Blocks; for startup, off the event
   * loops.
   *
   * @throws AuditUnavailableException with one line for the operator, if nothing can be written
   */
  public static FileAuditLog open(
      Vertx vertx, AuditSettings settings, InstantSource clock, SecureRandom random) {
    return new FileAuditLog(vertx, settings, clock, random, new AuditSink.Opener.OnDisk());
  }

  @Override
  public Future<Void> append(List<AuditRecord> records) {
    return submit(new Entry(records, true, vertx.getOrCreateContext()));
  }

  @Override
  public Future<Void> follow(AuditRecord record) {
    return submit(new Entry(List.of(record), false, vertx.getOrCreateContext()));
  }

  @Override
  public void refused(String reason, int status, String address, Optional<Actor> actor) {
    refusals.count(reason, status, address, actor);
  }

  /** Ends the window of refused credentials, and records what was counted. */
  Future<Void> recordRefusals() {
    List<AuditRecord> counted = refusals.end();
    return counted.isEmpty()
        ? Future.succeededFuture()
        : append(counted).onFailure(failure -> refusals.again(counted));
  }

  @Override
  public Future<Optional<String>> health() {
    List<AuditRecord> proof = trouble == null ? List.of() : List.of(resumed());
    return submit(new Entry(proof, true, vertx.getOrCreateContext()))
        .map(done -> Optional.ofNullable(trouble))
        .otherwise(failure -> Optional.of(String.valueOf(failure.getMessage())));
  }

  /** Puts down what the chain is so far, also if nothing has happened since the last time. */
  public Future<Void> checkpoint() {
    return submit(Entry.checkpoint(vertx.getOrCreateContext()));
  }

  /**
   * Writes down that all records up to these have gone to an archive, and puts a checkpoint behind
   * that; only then may they be deleted here.
   */
  Future<Void> archived(List<ChainLink> ends) {
    return append(ends.stream().map(this::archived).toList()).compose(written -> checkpoint());
  }

  private AuditRecord archived(ChainLink end) {
    return AuditRecord.Management.of(
        id(),
        clock.instant(),
        AuditRecord.Management.ARCHIVE,
        Optional.of(AuditRecord.Target.through(end)),
        "copied");
  }

  /** The file that is being written; all others are closed for good. */
  public Optional<Path> current() {
    return folder.current();
  }

  /** Tells somebody of each new checkpoint, on the writer's thread, which must not be held up. */
  public void onCheckpoint(Consumer<String> reader) {
    writer.onCheckpoint(reader);
  }

  /** How many appends wait for the disk. */
  public int waiting() {
    return pending.size();
  }

  /** For how long the oldest append that is not on disk has waited. */
  public Duration lag() {
    return pending.lag();
  }

  /** Takes no more records, writes those that wait, and unlocks the folder. */
  public Future<Void> close() {
    timers.forEach(vertx::cancelTimer);
    dropped(recordRefusals());
    pending.close();
    return ended.future();
  }

  private Future<Void> submit(Entry entry) {
    try {
      pending.add(entry);
      return entry.written();
    } catch (AuditUnavailableException e) {
      return Future.failedFuture(e);
    }
  }

  private ChainWriter begin(String instance) {
    try {
      folder.create();
      Recovery recovery = new Recovery(settings.folder(), this::id, clock.instant());
      ChainWriter chain = new ChainWriter(settings, instance, this::id, clock, recovery.end());
      folder.ready();
      new Restart(folder, chain, BATCH).record(recovery);
      return chain;
    } catch (IOException | UncheckedIOException e) {
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
        watch.begin();
        commit(batch);
        watch.end();
        pending.goOn();
        batch = pending.take(BATCH);
      }
      lastCheckpoint();
    } catch (InterruptedException e) {
      LOG.atWarn().log("audit log interrupted");
    } finally {
      end();
    }
  }

  /** What the writer has not brought back for a while is not worth waiting for. */
  void lookAfterWriter() {
    List<Entry> given = watch.tick(pending::stall);
    if (!given.isEmpty()) {
      fail(given, "the disk does not answer");
    }
  }

  /** Wakes the writer for a checkpoint that has waited for a second to be over. */
  private void copyCheckpoint() {
    if (writer.tick()) {
      dropped(submit(new Entry(List.of(), true, vertx.getOrCreateContext())));
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
    watch.under(batch);
    try {
      if (writer.write(batch)) {
        // Only a write proves it: a full disk still opens files.
        trouble = null;
      }
      PendingRecords.finish(writer.claimed(batch), Future.succeededFuture());
    } catch (IOException | RuntimeException e) {
      writer.giveUp(batch);
      fail(batch, "the audit log cannot be written: " + reason(e));
    }
  }

  /** A log that ends well ends in a checkpoint. */
  private void lastCheckpoint() {
    if (writer.isUncovered()) {
      commit(List.of(Entry.checkpoint(vertx.getOrCreateContext())));
    }
    writer.finish();
  }

  private void fail(List<Entry> batch, String why) {
    List<Entry> told = batch.stream().filter(Entry::claim).toList();
    if (trouble == null && !batch.isEmpty()) {
      LOG.atError().addKeyValue("why", why).log("audit log down");
    }
    trouble = why;
    PendingRecords.finish(told, Future.failedFuture(new AuditUnavailableException(why)));
  }

  private EventId id() {
    return EventId.random(random);
  }

  private static void dropped(Future<Void> result) {
    var unused = result.otherwiseEmpty();
  }

  private AuditRecord resumed() {
    return new AuditRecord.Management(
        id(),
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
