package io.keyveil.delivery;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * How far a log has been read, on disk, and the name of its reader, which stays the same. Blocks.
 */
final class LogMarks {
  private static final int NAME_BYTES = 8;

  private final Path kept;
  private final String reader;
  private List<Mark> marks;

  /**
   * How far one file has been read.
   *
   * @param file its number in the file system
   * @param offset up to here
   * @param before the last bytes before that, in hexadecimal
   */
  record Mark(String file, long offset, String before) {}

  private LogMarks(Path kept, String reader, List<Mark> marks) {
    this.kept = kept;
    this.reader = reader;
    this.marks = marks;
  }

  /** Those that an earlier process kept, or none. */
  static LogMarks open(Path kept, SecureRandom random) throws IOException {
    Optional<LogMarks> known = Files.exists(kept) ? known(kept) : Optional.empty();
    if (known.isPresent()) {
      return known.get();
    }
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    LogMarks fresh = new LogMarks(kept, HexFormat.of().formatHex(name), List.of());
    fresh.write();
    return fresh;
  }

  private static Optional<LogMarks> known(Path kept) throws IOException {
    try {
      JsonObject json = new JsonObject(Files.readString(kept));
      List<Mark> marks =
          json.getJsonArray("files", new JsonArray()).stream()
              .map(JsonObject.class::cast)
              .map(
                  file ->
                      new Mark(
                          file.getString("file", ""),
                          file.getLong("offset", 0L),
                          file.getString("before", "")))
              .toList();
      return Optional.ofNullable(json.getString("reader"))
          .map(reader -> new LogMarks(kept, reader, marks));
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }

  String reader() {
    return reader;
  }

  /** The older file first. */
  List<Mark> all() {
    return marks;
  }

  void keep(List<Mark> others) throws IOException {
    if (!marks.equals(others)) {
      marks = others;
      write();
    }
  }

  /** On disk before it is in its place, so that a crash leaves one or the other. */
  private void write() throws IOException {
    JsonArray files = new JsonArray();
    marks.forEach(
        mark ->
            files.add(
                new JsonObject()
                    .put("file", mark.file())
                    .put("offset", mark.offset())
                    .put("before", mark.before())));
    String text = new JsonObject().put("reader", reader).put("files", files).encode();
    Path whole = kept.resolveSibling(kept.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            whole,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (left.hasRemaining()) {
        int unused = out.write(left);
      }
      out.force(true);
    }
    Path unused = Files.move(whole, kept, StandardCopyOption.ATOMIC_MOVE);
  }
}
