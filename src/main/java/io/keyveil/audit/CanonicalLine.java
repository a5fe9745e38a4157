package io.keyveil.audit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads lines in the one form that records are written in: JSON without blanks, no field twice, the
 * fields of the head in their order. It reads each line in place, since a log has many of them; one
 * object serves for all.
 */
final class CanonicalLine {
  private static final int MOST_OBJECTS = 8;
  private static final int MOST_FIELDS = 64;

  private static final byte[] SEQ = ascii("{\"v\":1,\"seq\":");
  private static final byte[] PREV = ascii(",\"prev\":\"");
  private static final byte[] INSTANCE = ascii("\",\"instance\":\"");
  private static final byte[] TIME = ascii("\",\"time\":\"");
  private static final byte[] EVENT = ascii("\",\"event\":\"");
  private static final byte[] KIND = ascii("\",\"kind\":\"");
  private static final byte[] CHECKPOINT = ascii("checkpoint");
  private static final byte[][] KINDS = {
    ascii("intent"),
    ascii("completion"),
    ascii("management"),
    ascii("refusals"),
    ascii("reconciled"),
    CHECKPOINT
  };
  private static final byte[][] HEAD = {
    ascii("v"),
    ascii("seq"),
    ascii("prev"),
    ascii("instance"),
    ascii("time"),
    ascii("event"),
    ascii("kind")
  };
  private static final int HEX_DIGIT = 1;
  private static final int NAME = 2;
  private static final int TIME_MARK = 4;
  private static final int PLAIN = 8;

  /** Which of the sets above each byte is in. */
  private static final byte[] SETS = sets();

  private static final byte[] HEX = ascii("0123456789abcdef");

  private byte[] line = new byte[0];
  private int to;
  private int at;
  private boolean wide;
  private long seq;
  private int prev;
  private int event;
  private int eventEnd;
  private int kind;
  private int kindEnd;
  private final int[] names = new int[MOST_FIELDS];
  private final int[] nameEnds = new int[MOST_FIELDS];
  private int named;
  private int fields;
  private int objects;

  /** Whether this part of the bytes has the form of a record; the rest can be asked for then. */
  boolean read(byte[] bytes, int first, int end) {
    if (end - first > AuditLine.LONGEST) {
      return false;
    }
    line = bytes;
    at = first;
    to = end;
    wide = false;
    named = 0;
    fields = HEAD.length;
    objects = 1;
    return head() && rest() && (!wide || isUtf8(first));
  }

  long seq() {
    return seq;
  }

  /** Whether the record names this hash as that of the record before it. */
  boolean follows(byte[] digest) {
    for (int i = 0; i < digest.length; i++) {
      int octet = digest[i];
      if (line[prev + 2 * i] != HEX[(octet >> 4) & 15]
          || line[prev + 2 * i + 1] != HEX[octet & 15]) {
        return false;
      }
    }
    return true;
  }

  boolean isCheckpoint() {
    return Arrays.equals(line, kind, kindEnd, CHECKPOINT, 0, CHECKPOINT.length);
  }

  /** Whether it is an intent, or a completion: the first letter tells all kinds apart. */
  boolean isKind(char letter) {
    return line[kind] == letter && !isCheckpoint();
  }

  /** Whether these bytes are in the line. */
  boolean contains(byte[] part) {
    for (int i = kindEnd; i <= to - part.length; i++) {
      if (line[i] == part[0] && Arrays.equals(line, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  String prev() {
    return text(prev, prev + 64);
  }

  String event() {
    return text(event, eventEnd);
  }

  private boolean head() {
    int begin;
    if (!skip(SEQ) || !number() || !skip(PREV)) {
      return false;
    }
    prev = at;
    if (!run(64, 64, HEX_DIGIT)
        || !skip(INSTANCE)
        || !run(1, 40, NAME)
        || !skip(TIME)
        || !run(1, 40, TIME_MARK)
        || !skip(EVENT)) {
      return false;
    }
    begin = at;
    if (!run(1, 40, NAME)) {
      return false;
    }
    event = begin;
    eventEnd = at;
    if (!skip(KIND)) {
      return false;
    }
    begin = at;
    if (!run(1, 40, NAME)) {
      return false;
    }
    kind = begin;
    kindEnd = at;
    return isKnown() && skip('"');
  }

  private boolean isKnown() {
    for (byte[] known : KINDS) {
      if (Arrays.equals(line, kind, kindEnd, known, 0, known.length)) {
        return true;
      }
    }
    return false;
  }

  private boolean number() {
    int begin = at;
    long value = 0;
    while (at < to && line[at] >= '0' && line[at] <= '9' && at - begin < 18) {
      value = value * 10 + (line[at++] - '0');
    }
    seq = value;
    return at > begin && line[begin] != '0';
  }

  private boolean rest() {
    boolean sound = at < to && (line[at] == '}' ? skip('}') : skip(',') && fields(0, 1));
    return sound && at == to;
  }

  /** The fields of an object up to and with its end, the first of them at this place. */
  private boolean fields(int base, int depth) {
    do {
      if (!name(base, depth) || !skip(':') || !value(depth)) {
        return false;
      }
    } while (skip(','));
    named = base;
    return skip('}');
  }

  private boolean name(int base, int depth) {
    if (!skip('"')) {
      return false;
    }
    int begin = at;
    if (!run(1, 40, NAME) || fields++ == MOST_FIELDS) {
      return false;
    }
    for (int i = base; i < named; i++) {
      if (Arrays.equals(line, names[i], nameEnds[i], line, begin, at)) {
        return false;
      }
    }
    if (depth == 1 && isOfHead(begin)) {
      return false;
    }
    names[named] = begin;
    nameEnds[named++] = at;
    return skip('"');
  }

  private boolean isOfHead(int begin) {
    for (byte[] name : HEAD) {
      if (Arrays.equals(line, begin, at, name, 0, name.length)) {
        return true;
      }
    }
    return false;
  }

  private boolean value(int depth) {
    if (at == to) {
      return false;
    }
    byte first = line[at];
    if (first == '"') {
      return string();
    }
    if (first == '{') {
      at++;
      return ++objects <= MOST_OBJECTS && (skip('}') || fields(named, depth + 1));
    }
    return digits();
  }

  /** Whole numbers are the only ones that records have. */
  private boolean digits() {
    int begin = at;
    while (at < to && line[at] >= '0' && line[at] <= '9' && at - begin < 19) {
      at++;
    }
    return at > begin && (line[begin] != '0' || at == begin + 1);
  }

  private boolean string() {
    int i = at + 1;
    byte[] bytes = line;
    int end = to;
    while (true) {
      while (i < end && (SETS[bytes[i] & 0xff] & PLAIN) != 0) {
        i++;
      }
      if (i >= end || (bytes[i] >= 0 && bytes[i] < ' ')) {
        return false;
      }
      byte octet = bytes[i++];
      if (octet == '"') {
        at = i;
        return true;
      }
      wide |= octet < 0;
      i = octet == '\\' ? escape(i) : i;
    }
  }

  /** Where an escape ends; the end of the line if it is none. */
  private int escape(int begin) {
    if (begin == to) {
      return to;
    }
    if (line[begin] != 'u') {
      return "\"\\/bfnrt".indexOf(line[begin]) >= 0 ? begin + 1 : to;
    }
    for (int i = begin + 1; i < begin + 5; i++) {
      if (i >= to || Character.digit(line[i], 16) < 0) {
        return to;
      }
    }
    return begin + 5;
  }

  private boolean skip(byte[] expected) {
    int end = at + expected.length;
    if (end > to || !Arrays.equals(line, at, end, expected, 0, expected.length)) {
      return false;
    }
    at = end;
    return true;
  }

  private boolean skip(char expected) {
    if (at == to || line[at] != expected) {
      return false;
    }
    at++;
    return true;
  }

  private boolean run(int least, int most, int set) {
    int begin = at;
    int end = Math.min(to, begin + most);
    while (at < end && (SETS[line[at] & 0xff] & set) != 0) {
      at++;
    }
    return at - begin >= least;
  }

  private boolean isUtf8(int first) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, first, to - first))
          != null;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private String text(int begin, int end) {
    return new String(line, begin, end - begin, StandardCharsets.US_ASCII);
  }

  private static byte[] sets() {
    byte[] sets = new byte[256];
    for (int octet = 0; octet < 256; octet++) {
      boolean digit = octet >= '0' && octet <= '9';
      boolean letter = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
      int hex = digit || (octet >= 'a' && octet <= 'f') ? HEX_DIGIT : 0;
      int name = digit || letter || octet == '-' || octet == '_' ? NAME : 0;
      int time = digit || "-:TZ.+".indexOf(octet) >= 0 ? TIME_MARK : 0;
      int plain = octet >= ' ' && octet < 128 && octet != '"' && octet != '\\' ? PLAIN : 0;
      sets[octet] = (byte) (hex | name | time | plain);
    }
    return sets;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
