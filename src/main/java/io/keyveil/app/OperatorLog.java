package io.keyveil.app;

import io.keyveil.audit.Actor;
import io.keyveil.audit.AuditRecord;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.AuditUnavailableException;
import io.keyveil.audit.EventId;
import io.keyveil.audit.FileAuditLog;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records what is done on the command line: that it was tried, before it is done, and what became
 * of it. A gateway may hold the log's own folder, so this is a log of its own, in a folder below
 * that one.
 */
final class OperatorLog implements AutoCloseable {
  /** Its folder, below the gateway's. */
  static final String FOLDER = "operator";

  private static final int ATTEMPTS = 100;
  private static final int PAUSE = 100;

  private final Vertx vertx;
  private final AuditSettings settings;
  private final SecureRandom random;
  private final InstantSource clock;
  private @Nullable FileAuditLog log;

  OperatorLog(Vertx vertx, AuditSettings gateways, SecureRandom random, InstantSource clock) {
    this.vertx = vertx;
    this.settings = gateways.beside(FOLDER);
    this.random = random;
    this.clock = clock;
  }

  /** What is done, and to what. */
  record Act(String action, Optional<FileId> file, OptionalLong revision, Optional<Target> target) {
    Act(String action, Optional<FileId> file, Optional<Target> target) {
      this(action, file, OptionalLong.empty(), target);
    }

    static Act on(String action, FileId file) {
      return new Act(action, Optional.of(file), Optional.empty());
    }

    static Act of(String action) {
      return new Act(action, Optional.empty(), Optional.empty());
    }
  }

  /**
   * Does it, unless it cannot be written down.
   *
   * @param made the file as it came out of it, if one did
   */
  <T> Future<T> around(Act act, Supplier<Future<T>> work, Function<T, Optional<FileRecord>> made) {
    FileAuditLog open = open();
    EventId event = EventId.random(random);
    return open.append(record(event, act, "tried"))
        .compose(recorded -> work.get())
        .compose(
            done -> open.append(record(event, with(act, made.apply(done)), "answered")).map(done))
        .recover(
            failure ->
                open.append(record(event, act, "failed"))
                    .transform(recorded -> Future.failedFuture(failure)));
  }

  /** Records what has been done already, all of it or none. */
  Future<Void> note(List<Act> acts, String outcome) {
    return open()
        .append(
            acts.stream()
                .map(act -> (AuditRecord) record(EventId.random(random), act, outcome))
                .toList());
  }

  /** The same for work that blocks, on the thread that asks for it. */
  <T> T blocking(Act act, Work<T> work, Function<T, Optional<FileRecord>> made) throws IOException {
    FileAuditLog open = open();
    EventId event = EventId.random(random);
    open.append(record(event, act, "tried")).await();
    String outcome = "failed";
    Act whole = act;
    try {
      T done = work.run();
      outcome = "answered";
      whole = with(act, made.apply(done));
      return done;
    } finally {
      open.append(record(event, whole, outcome)).await();
    }
  }

  /**
   * Work that blocks.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** A command that comes at the same time as another one waits for it. */
  private synchronized FileAuditLog open() {
    for (int left = ATTEMPTS; log == null; left--) {
      try {
        log = FileAuditLog.open(vertx, settings, clock, random);
      } catch (AuditUnavailableException e) {
        if (left == 0 || !String.valueOf(e.getMessage()).contains("in use by another process")) {
          throw new CommandFailedException(String.valueOf(e.getMessage()));
        }
        pause();
      }
    }
    return log;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      throw new CommandFailedException("interrupted while another command was writing");
    }
  }

  private static Act with(Act act, Optional<FileRecord> made) {
    return made.map(
            file ->
                new Act(
                    act.action(),
                    Optional.of(file.id()),
                    OptionalLong.of(file.revision()),
                    act.target()))
        .orElse(act);
  }

  /** Who runs the command is what the machine says; no token vouches for it. */
  private Management record(EventId event, Act act, String outcome) {
    Actor user =
        new Actor(
            "command-line",
            System.getProperty("user.name", "unknown"),
            Optional.empty(),
            Optional.empty());
    Instant now = clock.instant();
    return new Management(
        event,
        Optional.empty(),
        now,
        Optional.of(user),
        act.action(),
        act.file().map(FileId::text),
        act.revision(),
        Optional.empty(),
        act.target(),
        Optional.empty(),
        outcome);
  }

  @Override
  public void close() {
    FileAuditLog open = log;
    if (open != null) {
      open.close().await();
    }
  }
}
