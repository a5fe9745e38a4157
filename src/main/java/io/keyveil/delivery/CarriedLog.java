package io.keyveil.delivery;

import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Completion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log in which an nginx in front says what it carried, and records the completions.
 *
 * <p>Nothing about what is under way is kept here: each line has all that its record needs, and how
 * far the log has been read is on disk, so a restart of either process loses nothing. A log that
 * was rotated (renamed to the same name with {@code .1}) is read to its end first. After a crash
 * the last lines may be recorded twice.
 */
public final class CarriedLog {
  /** How often the log is looked at. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(CarriedLog.class);

  /** How much is read at once. */
  private static final int MOST = 1 << 20;

  private final Vertx vertx;
  private final Path log;
  private final Path positionFile;
  private final AuditLog audit;
  private final InstantSource clock;
  private final Runnable alarm;
  private Future<Void> reading = Future.succeededFuture();
  private long timer = -1;

  /**
   * Nothing is read yet.
   *
   * @param positionFile where it is kept how far the log has been read
   * @param alarm what to do about lines that are none, and a log that cannot be read
   */
  public CarriedLog(
      Vertx vertx,
      Path log,
      Path positionFile,
      AuditLog audit,
      InstantSource clock,
      Runnable alarm) {
    this.vertx = vertx;
    this.log = log;
    this.positionFile = positionFile;
    this.audit = audit;
    this.clock = clock;
    this.alarm = alarm;
  }

  /** Begins to follow. */
  public void start(Duration interval) {
    timer = vertx.setPeriodic(interval.toMillis(), now -> look());
  }

  /** Reads what is there, for the last time. */
  public Future<Void> stop() {
    vertx.cancelTimer(timer);
    return reading.otherwiseEmpty().compose(done -> round());
  }

  private void look() {
    if (reading.isComplete()) {
      reading = round();
    }
  }

  private Future<Void> round() {
    return vertx
        .executeBlocking(this::read)
        .compose(this::record)
        .recover(
            failure -> {
              alarm.run();
              LOG.atError()
                  .addKeyValue("reason", failure.getClass().getSimpleName())
                  .log("the log of what nginx carried cannot be followed");
              return Future.succeededFuture();
            });
  }

  /** Lines that came since, and where they end. */
  private record Part(List<String> lines, Position end) {}

  /**
   * How far a file has been read.
   *
   * @param file what the file system calls it, whatever its name is by now
   */
  private record Position(String file, long offset) {}

  private Optional<Part> read() throws IOException {
    if (!Files.exists(log)) {
      return Optional.empty();
    }
    Position known = position();
    String current = file(log);
    Path rotated = log.resolveSibling(log.getFileName() + ".1");
    if (!known.file().equals(current)
        && Files.exists(rotated)
        && file(rotated).equals(known.file())) {
      Part rest = read(rotated, known);
      if (!rest.lines().isEmpty()) {
        return Optional.of(rest);
      }
    }
    boolean goesOn = known.file().equals(current) && known.offset() <= Files.size(log);
    Part part = read(log, goesOn ? known : new Position(current, 0));
    return part.lines().isEmpty() ? Optional.empty() : Optional.of(part);
  }

  private static Part read(Path path, Position from) throws IOException {
    byte[] bytes;
    try (RandomAccessFile open = new RandomAccessFile(path.toFile(), "r")) {
      long rest = Math.max(0, open.length() - from.offset());
      bytes = new byte[(int) Math.min(rest, MOST)];
      open.seek(from.offset());
      open.readFully(bytes);
    }
    List<String> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        lines.add(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
        begin = i + 1;
      }
    }
    return new Part(lines, new Position(from.file(), from.offset() + begin));
  }

  private Future<Void> record(Optional<Part> part) {
    if (part.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Future<Void>> written = new ArrayList<>();
    for (String line : part.get().lines()) {
      if (CarriedLine.isAboutUs(line)) {
        Optional<Completion> completion = CarriedLine.parse(line, clock.instant());
        completion.ifPresentOrElse(record -> written.add(audit.follow(record)), alarm);
      }
    }
    return Future.join(written).compose(done -> keep(part.get().end()));
  }

  private Future<Void> keep(Position position) {
    return vertx.executeBlocking(
        () -> {
          Path whole = positionFile.resolveSibling(positionFile.getFileName() + ".new");
          var unusedWhole = Files.writeString(whole, position.offset() + " " + position.file());
          var unused = Files.move(whole, positionFile, StandardCopyOption.ATOMIC_MOVE);
          return null;
        });
  }

  private Position position() throws IOException {
    if (!Files.exists(positionFile)) {
      return new Position("", 0);
    }
    String text = Files.readString(positionFile).strip();
    int space = text.indexOf(' ');
    return space > 0 && text.substring(0, space).matches("\\d{1,18}")
        ? new Position(text.substring(space + 1), Long.parseLong(text.substring(0, space)))
        : new Position("", 0);
  }

  private static String file(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino").toString();
  }
}
