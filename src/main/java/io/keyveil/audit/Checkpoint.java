package io.keyveil.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement about the whole log up to a record, in the form of C2SP's tlog-checkpoint: the
 * origin, the number of records, and the hash of the last of them, which stands where a tree would
 * have its root; then, as the one extension line, what the record of the checkpoint says beside
 * that. Signed, it is a C2SP signed note.
 *
 * @param origin the name of the log, and of the key
 * @param at the record that it speaks of
 * @param instance the process that wrote it
 * @param time when, as written
 * @param event the ID of its record
 * @param open the number of a record before which every intent has its end
 */
record Checkpoint(
    String origin, ChainLink at, String instance, String time, String event, long open) {
  private static final Pattern TEXT =
      Pattern.compile(
          "([^\\s+]{1,100})\\n([1-9][0-9]{0,17})\\n([A-Za-z0-9+/]{43}=)\\n"
              + "([A-Za-z0-9_-]{1,40}) ([0-9TZ:.+-]{1,40}) ([A-Za-z0-9_-]{1,40})"
              + " ([1-9][0-9]{0,17})\\n");

  private static final Pattern SIGNATURE =
      Pattern.compile("\n\u2014 ([^\\s+]{1,100}) ([A-Za-z0-9+/]{91}=)\n");

  /** The text that is signed. */
  String text() {
    byte[] head = HexFormat.of().parseHex(at.digest());
    return origin
        + "\n"
        + at.seq()
        + "\n"
        + Base64.getEncoder().encodeToString(head)
        + "\n"
        + String.join(" ", instance, time, event, Long.toString(open))
        + "\n";
  }

  /** The note: the text with a signature below it, or the bare text if there is no key. */
  String note(Optional<SigningKey> key) {
    return key.map(this::signed).orElseGet(this::text);
  }

  private String signed(SigningKey key) {
    String text = text();
    ByteBuffer signature = ByteBuffer.allocate(4 + 64);
    signature.putInt(key.open().id(origin));
    signature.put(key.sign(text.getBytes(StandardCharsets.UTF_8)));
    return text
        + "\n\u2014 "
        + origin
        + " "
        + Base64.getEncoder().encodeToString(signature.array())
        + "\n";
  }

  /** The checkpoint in a note, whoever signed it; empty if it is not written as we write them. */
  static Optional<Checkpoint> read(String note) {
    int end = note.indexOf("\n\n");
    Matcher text = TEXT.matcher(end < 0 ? note : note.substring(0, end + 1));
    boolean sealed = end < 0 || SIGNATURE.matcher(note.substring(end + 1)).matches();
    return text.matches() && sealed
        ? of(text).filter(found -> note.startsWith(found.text()))
        : Optional.empty();
  }

  private static Optional<Checkpoint> of(Matcher text) {
    String head = HexFormat.of().formatHex(Base64.getDecoder().decode(text.group(3)));
    return Optional.of(
        new Checkpoint(
            text.group(1),
            new ChainLink(Long.parseLong(text.group(2)), head),
            text.group(4),
            text.group(5),
            text.group(6),
            Long.parseLong(text.group(7))));
  }

  /** Whether one of these keys has signed the note that this was read from. */
  boolean signedBy(List<CheckpointKey> keys, String note) {
    String text = text();
    Matcher line = SIGNATURE.matcher(note.substring(text.length()));
    if (!line.matches() || !line.group(1).equals(origin)) {
      return false;
    }
    byte[] bytes = Base64.getDecoder().decode(line.group(2));
    // Base64 has spare bits at its end, which nothing else would hold fast.
    if (!Base64.getEncoder().encodeToString(bytes).equals(line.group(2))) {
      return false;
    }
    ByteBuffer signature = ByteBuffer.wrap(bytes);
    int id = signature.getInt();
    byte[] rest = new byte[signature.remaining()];
    signature.get(rest);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return keys.stream().anyMatch(key -> key.id(origin) == id && key.verifies(body, rest));
  }
}
