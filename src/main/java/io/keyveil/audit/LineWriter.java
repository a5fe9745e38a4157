package io.keyveil.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines of JSON that follow from each other, one behind the other into the same bytes. All
 * that a line needs is kept for the next one: under load there is one every ten microseconds. One
 * thread uses it, for one batch after the other.
 */
final class LineWriter {
  private static final JsonMapper JSON = new JsonMapper();

  /** What it keeps for the next batch at most, in bytes. */
  private static final int MOST_KEPT = 1024 * 1024;

  private final TimeText times = new TimeText();
  private final MessageDigest sha256 = ChainLink.sha256();
  private Bytes bytes = new Bytes();
  private @Nullable JsonGenerator open;
  private byte[] digest = new byte[0];
  private long seq;
  private int begin;

  /** The names of all fields, as they are written. */
  enum Field {
    V,
    SEQ,
    PREV,
    INSTANCE,
    TIME,
    EVENT,
    KIND,
    REQUEST,
    ACTOR,
    ISSUER,
    SUBJECT,
    CLIENT,
    TOKEN,
    FILE,
    REVISION,
    LINK,
    METHOD,
    DELIVERY,
    DECISION,
    REASON,
    RANGE,
    STATUS,
    OUTCOME,
    SENT,
    MS,
    ACTION,
    TARGET,
    BLOCK,
    VALUE,
    SINCE,
    COUNT,
    FETCHES,
    FETCHED,
    REQUESTS,
    NOTE;

    /** Changes nothing that shows: it keeps its encoded form once that was asked for. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final SerializableString text = new SerializedString(name().toLowerCase(Locale.ROOT));
  }

  /** Forgets all lines, also one that was not ended; the next one follows this link. */
  void begin(ChainLink last) {
    if (bytes.size() > MOST_KEPT) {
      bytes = new Bytes();
      open = null;
    }
    if (open != null && !open.getOutputContext().inRoot()) {
      open = null;
    }
    bytes.reset();
    begin = 0;
    seq = last.seq();
    digest = last.digest().getBytes(StandardCharsets.US_ASCII);
  }

  /** The link that the last line makes. */
  ChainLink end() {
    return new ChainLink(seq, new String(digest, StandardCharsets.US_ASCII));
  }

  /** The number of the last line. */
  long seq() {
    return seq;
  }

  /** All lines, with their ends; they hold until the next {@link #begin}. */
  ByteBuffer lines() {
    return ByteBuffer.wrap(bytes.array(), 0, bytes.size());
  }

  /** How many bytes all lines have. */
  int size() {
    return bytes.size();
  }

  /** Begins a line with its place in the chain. */
  void beginLine() throws IOException {
    json().writeStartObject();
    put(Field.V, AuditLine.VERSION);
    put(Field.SEQ, seq + 1);
    json().writeFieldName(Field.PREV.text);
    json().writeRawUTF8String(digest, 0, digest.length);
  }

  /**
   * Ends a line.
   *
   * @throws AuditUnavailableException if it is longer than anybody believes
   */
  void endLine() throws IOException {
    endObject();
    json().flush();
    int length = bytes.size() - begin;
    if (length > AuditLine.LONGEST) {
      throw new AuditUnavailableException("a record is too long");
    }
    sha256.update(bytes.array(), begin, length);
    digest = HexFormat.of().formatHex(sha256.digest()).getBytes(StandardCharsets.US_ASCII);
    seq++;
    bytes.write('\n');
    begin = bytes.size();
  }

  void beginObject(Field field) throws IOException {
    json().writeFieldName(field.text);
    json().writeStartObject();
  }

  void endObject() throws IOException {
    json().writeEndObject();
  }

  void put(Field field, String value) throws IOException {
    json().writeFieldName(field.text);
    json().writeString(AuditText.encodable(value));
  }

  void put(Field field, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      put(field, value.get());
    }
  }

  void put(Field field, long value) throws IOException {
    json().writeFieldName(field.text);
    json().writeNumber(value);
  }

  void put(Field field, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      put(field, value.getAsLong());
    }
  }

  void put(Field field, Instant value) throws IOException {
    json().writeFieldName(field.text);
    times.write(value, json());
  }

  private JsonGenerator json() throws IOException {
    JsonGenerator json = open;
    if (json == null) {
      json = JSON.createGenerator(bytes);
      // Lines are hashed without their ends, which come from here.
      json.setRootValueSeparator(null);
      open = json;
    }
    return json;
  }

  /** Bytes that can be read where they are. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes() {
      super(16 * 1024);
    }

    byte[] array() {
      return buf;
    }
  }
}
