package io.keyveil.audit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Fetches on disk, in the order in which they came, to be gone through more than once. */
final class FetchSpool implements AutoCloseable {
  private static final int LONGEST = 1000;

  private final Path file;
  private final DataOutputStream out;
  private long count;

  FetchSpool() {
    try {
      // Only its owner can read it.
      file = Files.createTempFile("keyveil-fetches", "");
      out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void add(Fetch fetch) {
    try {
      out.writeUTF(fetch.correlation().map(EventId::text).orElse(""));
      out.writeUTF(cut(fetch.request()));
      out.writeUTF(fetch.time().toString());
      out.writeUTF(cut(fetch.address()));
      out.writeLong(fetch.sent());
      count++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is longer than anything that S3 writes there has to fit as well. */
  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }

  long count() {
    return count;
  }

  void read(Consumer<Fetch> reader) throws IOException {
    out.flush();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (long i = 0; i < count; i++) {
        String correlation = in.readUTF();
        String request = in.readUTF();
        Instant time = Instant.parse(in.readUTF());
        reader.accept(
            new Fetch(
                correlation.isEmpty() ? Optional.empty() : Optional.of(new EventId(correlation)),
                request,
                time,
                in.readUTF(),
                in.readLong()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.delete(file);
  }
}
