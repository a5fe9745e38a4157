package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Checks that the records in a folder are whole and in the order they were written in. */
public final class AuditVerifier {
  private ChainLink last = ChainLink.START;
  private long first;
  private long records;
  private int tornTails;

  private AuditVerifier() {}

  /**
   * Reads a whole log in constant memory, one that is being written included. Blocks.
   *
   * @throws IOException if the folder or a file cannot be read
   */
  public static Verdict verify(Path folder) throws IOException {
    return new AuditVerifier().check(AuditFiles.inOrder(folder));
  }

  private Verdict check(List<Path> files) throws IOException {
    for (Path file : files) {
      Optional<Verdict.Broken> broken = check(file);
      if (broken.isPresent()) {
        return broken.get();
      }
    }
    return new Verdict.Sound(files.size(), records, first, last.seq(), last.digest(), tornTails);
  }

  private Optional<Verdict.Broken> check(Path file) throws IOException {
    try (LineReader lines = new LineReader(file)) {
      long number = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        number++;
        Optional<String> fault = check(line);
        if (fault.isPresent()) {
          String name = String.valueOf(file.getFileName());
          return Optional.of(new Verdict.Broken(name, number, fault.get()));
        }
      }
      tornTails += lines.torn() ? 1 : 0;
      return Optional.empty();
    }
  }

  private Optional<String> check(byte[] line) {
    Optional<ObjectNode> record = AuditLine.read(line);
    if (line.length > AuditLine.LONGEST || record.isEmpty()) {
      return Optional.of("not a record");
    }
    long seq = record.get().get("seq").longValue();
    String before = record.get().get("prev").textValue();
    Optional<String> fault = records == 0 ? atBegin(seq, before) : follows(seq, before);
    first = records == 0 ? seq : first;
    records++;
    last = ChainLink.of(seq, line);
    return fault;
  }

  /** Earlier files may lie in an archive, but number 1 follows nothing. */
  private static Optional<String> atBegin(long seq, String before) {
    boolean plausible = seq > 1 || (seq == 1 && before.equals(ChainLink.START.digest()));
    return plausible ? Optional.empty() : Optional.of("the first record does not begin the chain");
  }

  private Optional<String> follows(long seq, String before) {
    if (seq != last.seq() + 1) {
      return Optional.of("record " + seq + " follows record " + last.seq());
    }
    return before.equals(last.digest())
        ? Optional.empty()
        : Optional.of("record " + last.seq() + " was changed after record " + seq + " was written");
  }
}
