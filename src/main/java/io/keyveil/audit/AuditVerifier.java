package io.keyveil.audit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Checks that the records in a folder are whole and in the order they were written in. */
public final class AuditVerifier {
  /** Files go once in a while, and not one after another as fast as they are read. */
  private static final int ATTEMPTS = 3;

  private final Expected expected;
  private final MessageDigest sha256;
  private final CanonicalLine record = new CanonicalLine();
  private final byte[] digest = new byte[32];

  private long last;
  private long first;
  private String firstFile = "";
  private long records;
  private long checkpoints;
  private long covered;
  private String origin = "";
  private Optional<TornTail> torn = Optional.empty();
  private boolean witnessed;
  private final LogBegin begin;

  private AuditVerifier(Expected expected) {
    this.expected = expected;
    this.begin = new LogBegin(expected.partial());
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * What is known from elsewhere.
   *
   * @param keys the public keys that checkpoints may be signed with; none: signatures are not
   *     looked at
   * @param checkpoint a checkpoint that was kept elsewhere, as the note that it is
   * @param partial whether the log may begin anywhere, since only a part of it is at hand
   */
  public record Expected(List<CheckpointKey> keys, Optional<String> checkpoint, boolean partial) {
    public static final Expected NOTHING = new Expected(List.of(), Optional.empty());

    public Expected {
      keys = List.copyOf(keys);
    }

    /** Of a log that is all there. */
    public Expected(List<CheckpointKey> keys, Optional<String> checkpoint) {
      this(keys, checkpoint, false);
    }

    /**
     * Looks at the checkpoint alone.
     *
     * @throws IllegalArgumentException if it is none, or is signed by none of the keys
     */
    public void check() {
      Optional<Checkpoint> unused = checkpoint.map(note -> witness(note, this));
    }
  }

  /** Reads a whole log that nothing is known of from elsewhere. Blocks. */
  public static Verdict verify(Path folder) throws IOException {
    return verify(folder, Expected.NOTHING);
  }

  /**
   * Reads a whole log in constant memory, one that is being written included. Blocks.
   *
   * @throws IOException if the folder or a file cannot be read
   * @throws IllegalArgumentException if the checkpoint is none, or is signed by none of the keys
   */
  public static Verdict verify(Path folder, Expected expected) throws IOException {
    return verify(() -> AuditFiles.inOrder(folder), expected);
  }

  /** Begins anew where a file that was listed is gone: it was archived meanwhile. */
  static Verdict verify(Listing files, Expected expected) throws IOException {
    Optional<Checkpoint> witness = expected.checkpoint().map(note -> witness(note, expected));
    for (int attempt = 1; ; attempt++) {
      List<Path> listed = files.inOrder();
      try {
        return new AuditVerifier(expected).check(listed, witness);
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** The files of a log as they are now. */
  @FunctionalInterface
  interface Listing {
    List<Path> inOrder() throws IOException;
  }

  private static Checkpoint witness(String note, Expected expected) {
    Checkpoint checkpoint =
        Checkpoint.read(note)
            .orElseThrow(() -> new IllegalArgumentException("no checkpoint of an audit log"));
    if (!expected.keys().isEmpty() && !checkpoint.signedBy(expected.keys(), note)) {
      throw new IllegalArgumentException("a checkpoint that the key has not signed");
    }
    return checkpoint;
  }

  private Verdict check(List<Path> files, Optional<Checkpoint> witness) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Optional<Verdict.Broken> broken = check(files.get(i), i == files.size() - 1, witness);
      if (broken.isPresent()) {
        return broken.get();
      }
    }
    return atEnd(files, witness);
  }

  private Verdict atEnd(List<Path> files, Optional<Checkpoint> witness) {
    if (torn.isPresent() && !torn.get().follows(new ChainLink(last, head()))) {
      String why = "no line end, and not the beginning of record " + (last + 1);
      return new Verdict.Broken(name(torn.get().file()), torn.get().line(), why);
    }
    // What is not signed could have been written by whoever took the beginning away.
    Optional<Verdict.Begin> known = begin.reason(expected.keys().isEmpty() ? last : covered);
    if (known.isEmpty()) {
      String why =
          "begins with record " + first + ", and nothing says that earlier ones were archived";
      return new Verdict.Broken(firstFile, 1, why);
    }
    Optional<String> missing = witness.flatMap(this::missing).or(this::unsigned);
    String end = files.isEmpty() ? "" : name(files.get(files.size() - 1));
    return missing
        .<Verdict>map(why -> new Verdict.Broken(end, 0, why))
        .orElseGet(() -> sound(files.size(), known.get()));
  }

  private Verdict sound(int files, Verdict.Begin known) {
    return new Verdict.Sound(
        files,
        records,
        first,
        last,
        head(),
        torn.isPresent() ? 1 : 0,
        checkpoints,
        covered,
        known,
        origin);
  }

  private Optional<Verdict.Broken> check(Path file, boolean newest, Optional<Checkpoint> witness)
      throws IOException {
    try (LineReader lines = new LineReader(file)) {
      long number = 0;
      while (lines.advance()) {
        number++;
        Optional<String> fault = check(lines.bytes(), lines.from(), lines.to(), witness);
        if (fault.isPresent()) {
          return Optional.of(new Verdict.Broken(name(file), number, fault.get()));
        }
        firstFile = records == 1 ? name(file) : firstFile;
      }
      if (!lines.torn()) {
        return Optional.empty();
      }
      // A crash tears the last line of all, and the next start moves that away.
      if (torn.isPresent() || !(newest || number == 0)) {
        return Optional.of(new Verdict.Broken(name(file), number + 1, "not a record"));
      }
      torn = Optional.of(new TornTail(file, number + 1, lines.tail()));
      return Optional.empty();
    }
  }

  private Optional<String> check(byte[] bytes, int from, int to, Optional<Checkpoint> witness) {
    if (!record.read(bytes, from, to)) {
      return Optional.of("not a record");
    }
    Optional<String> fault = records == 0 ? atBegin(witness) : follows();
    if (fault.isPresent()) {
      return fault;
    }
    first = records == 0 ? record.seq() : first;
    records++;
    begin.hear(record);
    fault = record.isCheckpoint() ? checkpoint(Arrays.copyOfRange(bytes, from, to)) : fault;
    last = record.seq();
    hash(bytes, from, to);
    return fault.or(() -> witness.flatMap(this::contradicts));
  }

  private void hash(byte[] bytes, int from, int to) {
    try {
      sha256.update(bytes, from, to - from);
      int unused = sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("there is room for the digest", e);
    }
  }

  /** Whether it may begin here is known at its end; number 1 follows nothing. */
  private Optional<String> atBegin(Optional<Checkpoint> witness) {
    begin.after(new ChainLink(record.seq() - 1, record.prev()));
    if (record.seq() == 1 && !record.follows(digest)) {
      return Optional.of("the first record does not begin the chain");
    }
    last = record.seq() - 1;
    Optional<Checkpoint> before = witness.filter(known -> known.at().seq() == last);
    witnessed = before.isPresent();
    before.ifPresent(known -> begin.witnessed());
    return before
        .filter(known -> !known.at().digest().equals(record.prev()))
        .map(known -> changed(last));
  }

  private Optional<String> follows() {
    if (record.seq() != last + 1) {
      return Optional.of("record " + record.seq() + " follows record " + last);
    }
    return record.follows(digest)
        ? Optional.empty()
        : Optional.of(
            "record " + last + " was changed after record " + record.seq() + " was written");
  }

  /** A checkpoint says nothing else than the chain does, and says it under a known key. */
  private Optional<String> checkpoint(byte[] line) {
    Optional<Checkpoint> found = AuditFiles.checkpoint(line);
    if (found.isEmpty()) {
      return Optional.of("not a record");
    }
    String note = AuditFiles.note(line).orElseThrow();
    if (!expected.keys().isEmpty() && !found.get().signedBy(expected.keys(), note)) {
      return Optional.of("checkpoint " + record.seq() + " is not signed with the key");
    }
    checkpoints++;
    covered = found.get().at().seq();
    origin = found.get().origin();
    return Optional.empty();
  }

  private Optional<String> contradicts(Checkpoint known) {
    if (known.at().seq() != last) {
      return Optional.empty();
    }
    witnessed = true;
    return known.at().digest().equals(head()) ? Optional.empty() : Optional.of(changed(last));
  }

  private static String changed(long number) {
    return "record " + number + " is not the one that the checkpoint saw";
  }

  private Optional<String> missing(Checkpoint known) {
    // Its own record comes next, and was on disk before anybody could keep it elsewhere.
    if (known.at().seq() >= last) {
      return Optional.of(
          "the log ends with record " + last + ", the checkpoint saw " + known.at().seq());
    }
    return witnessed
        ? Optional.empty()
        : Optional.of("the checkpoint saw record " + known.at().seq() + ", before the first here");
  }

  private Optional<String> unsigned() {
    return expected.keys().isEmpty() || records == 0 || checkpoints > 0
        ? Optional.empty()
        : Optional.of("no checkpoint, so that nothing is signed");
  }

  private String head() {
    return HexFormat.of().formatHex(digest);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
