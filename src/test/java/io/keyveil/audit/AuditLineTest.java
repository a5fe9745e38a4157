package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.audit.AuditRecord.About;
import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Decision;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Finding;
import io.keyveil.audit.AuditRecord.Intent;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Reconciled;
import io.keyveil.audit.AuditRecord.Refusals;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.AuditRecord.Way;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lines as they are written, held against Jackson's. */
final class AuditLineTest {
  private static final int BATCHES = 1000;
  private static final String INSTANCE = "i1";

  /** What a text is made of: plain, to be escaped, beyond ASCII, whole pairs and halves of them. */
  private static final List<String> PIECES =
      List.of(
          "a",
          "Z",
          "0",
          " ",
          "~",
          "\u007f",
          "/",
          "<",
          "'",
          "\"",
          "\\",
          "\b",
          "\t",
          "\n",
          "\f",
          "\r",
          "\u0000",
          "\u0001",
          "\u000b",
          "\u001f",
          "\u0080",
          "\u00e9",
          "\u00ff",
          "\u0100",
          "\u07ff",
          "\u0800",
          "\u2028",
          "\u2029",
          "\ufeff",
          "\uffff",
          "\ud83d\ude00",
          "\udbff\udfff",
          "\ud800",
          "\udbff",
          "\udc00",
          "\udfff");

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void areWhatJacksonWritesAndFollowFromEachOther() {
    LineWriter lines = new LineWriter();
    ChainLink before = new ChainLink(random.nextLong(1L << 59), hex());
    for (int batch = 0; batch < BATCHES; batch++) {
      lines.begin(before);
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        AuditRecord record = record();
        AuditLine.write(record, INSTANCE, lines);
        byte[] line = JacksonLine.write(record, before, INSTANCE);
        assertThat(SampleRecords.line(record, before, INSTANCE)).isEqualTo(line);
        expected.append(text(line)).append('\n');
        before = ChainLink.of(before.seq() + 1, line);
      }
      assertThat(text(lines)).as("seed %d", seed).isEqualTo(expected.toString());
      assertThat(lines.end()).isEqualTo(before);
    }
  }

  @Test
  void haveEachCharacterAsJacksonWritesIt() {
    for (int letter = 0; letter <= Character.MAX_VALUE; letter++) {
      Management act = act("a" + (char) letter + "b");
      assertThat(SampleRecords.line(act, ChainLink.START, INSTANCE))
          .as("%04x", letter)
          .isEqualTo(JacksonLine.write(act, ChainLink.START, INSTANCE));
    }
  }

  @Test
  void holdTimesAsJavaWritesThem() throws IOException {
    LineWriter lines = new LineWriter();
    for (int i = 0; i < 20_000; i++) {
      Instant time = time();
      lines.begin(ChainLink.START);
      lines.beginLine();
      lines.put(LineWriter.Field.TIME, time);
      lines.endLine();
      assertThat(text(lines)).as("seed %d", seed).endsWith(",\"time\":\"" + time + "\"}\n");
    }
  }

  @Test
  void leaveNothingOfABatchThatWasGivenUp() throws IOException {
    LineWriter lines = new LineWriter();
    for (int length : new int[] {10, 10_000, 400_000}) {
      lines.begin(ChainLink.START);
      for (int i = 0; i < 3; i++) {
        AuditLine.write(act("x".repeat(length)), INSTANCE, lines);
      }
      lines.beginLine();
      lines.beginObject(LineWriter.Field.ACTOR);
      lines.put(LineWriter.Field.SUBJECT, "x".repeat(length));
      ChainLink before = new ChainLink(7, hex());
      lines.begin(before);
      assertThat(lines.size()).isZero();
      assertThat(lines.end()).isEqualTo(before);
      Management next = act("next");
      AuditLine.write(next, INSTANCE, lines);
      byte[] line = JacksonLine.write(next, before, INSTANCE);
      assertThat(text(lines)).isEqualTo(text(line) + "\n");
      assertThat(lines.end()).isEqualTo(ChainLink.of(8, line));
    }
  }

  @Test
  void areNotTooLong() {
    LineWriter lines = new LineWriter();
    for (int more = 0; more < 2; more++) {
      lines.begin(ChainLink.START);
      int rest = AuditLine.LONGEST - JacksonLine.write(act(""), ChainLink.START, INSTANCE).length;
      Management act = act("x".repeat(rest + more));
      if (more == 0) {
        AuditLine.write(act, INSTANCE, lines);
        assertThat(lines.size()).isEqualTo(AuditLine.LONGEST + 1);
      } else {
        assertThatThrownBy(() -> AuditLine.write(act, INSTANCE, lines))
            .isInstanceOf(AuditUnavailableException.class)
            .hasMessage("a record is too long");
      }
    }
  }

  private AuditRecord record() {
    List<Supplier<AuditRecord>> kinds =
        List.of(this::intent, this::completion, this::management, this::refusals, this::reconciled);
    return kinds.get(random.nextInt(kinds.size())).get();
  }

  private Intent intent() {
    return new Intent(
        event(),
        text(),
        time(),
        actor(),
        maybe(this::text),
        revision(),
        maybe(this::text),
        text(),
        text(),
        any(Way.values()),
        any(Decision.values()),
        "ok",
        range(),
        random.nextInt());
  }

  private Completion completion() {
    About about =
        new About(
            actor(),
            maybe(this::text),
            revision(),
            maybe(this::text),
            maybe(this::text),
            maybe(() -> any(Way.values())));
    return new Completion(
        event(),
        text(),
        time(),
        about,
        any(Ending.values()),
        random.nextInt(),
        random.nextLong(),
        range(),
        Duration.ofNanos(random.nextLong()));
  }

  private Management management() {
    return new Management(
        event(),
        maybe(this::text),
        time(),
        actor(),
        "act",
        maybe(this::text),
        revision(),
        maybe(this::text),
        maybe(this::target),
        maybe(this::text),
        "done");
  }

  private Refusals refusals() {
    return new Refusals(
        event(), time(), time(), actor(), "no-token", random.nextInt(), text(), random.nextLong());
  }

  private Reconciled reconciled() {
    return new Reconciled(
        event(),
        time(),
        any(Finding.values()),
        maybe(this::text),
        maybe(this::text),
        random.nextLong(),
        random.nextLong(),
        maybe(this::text),
        maybe(this::time),
        Stream.generate(this::hex).limit(random.nextInt(3)).toList());
  }

  private Management act(String request) {
    return new Management(
        event(),
        Optional.of(request),
        SampleRecords.NOW,
        Optional.empty(),
        "act",
        Optional.empty(),
        "done");
  }

  private Target target() {
    return new Target(maybe(this::text), "kind", text(), maybe(this::text));
  }

  private Optional<Actor> actor() {
    return maybe(() -> new Actor(text(), text(), maybe(this::text), maybe(this::text)));
  }

  private OptionalLong revision() {
    return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong());
  }

  private Optional<String> range() {
    return maybe(() -> random.nextInt(1000) + "-");
  }

  private EventId event() {
    return EventId.random(SampleRecords.RANDOM);
  }

  /** Often of the second of the one before; also of years that no clock shows. */
  private Instant time() {
    long second =
        random.nextInt(100) == 0
            ? random.nextLong(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
            : SampleRecords.NOW.getEpochSecond() + random.nextInt(3);
    int unit = any(new Integer[] {1, 1000, 1_000_000, 1_000_000_000});
    return Instant.ofEpochSecond(second, random.nextInt(1_000_000_000 / unit) * (long) unit);
  }

  private String text() {
    int pieces = random.nextInt(200) == 0 ? random.nextInt(20_000) : random.nextInt(20);
    int among = random.nextBoolean() ? 9 : PIECES.size();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES.get(random.nextInt(among)));
    }
    return text.toString();
  }

  private String hex() {
    byte[] hash = new byte[32];
    random.nextBytes(hash);
    return ChainLink.of(0, hash).digest();
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
  }

  private <T> T any(T[] values) {
    return Arrays.asList(values).get(random.nextInt(values.length));
  }

  private static String text(LineWriter lines) {
    byte[] all = new byte[lines.size()];
    ByteBuffer unused = lines.lines().get(all);
    return text(all);
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
