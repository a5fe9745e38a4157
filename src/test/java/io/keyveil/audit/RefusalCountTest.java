package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How refused credentials are counted. */
final class RefusalCountTest {
  @TempDir Path folder;

  private final RefusalCount counts =
      new RefusalCount(
          3, InstantSource.fixed(SampleRecords.NOW), () -> EventId.random(SampleRecords.RANDOM));

  private void stranger(String reason, String address) {
    counts.count(reason, 401, address, Optional.empty());
  }

  private void subject(String name, String token, String address) {
    Actor actor = new Actor("https://idp.example.org/", name, Optional.empty(), Optional.of(token));
    counts.count("too-fast", 429, address, Optional.of(actor));
  }

  private static String told(AuditRecord record) {
    AuditRecord.Refusals refusals = (AuditRecord.Refusals) record;
    return refusals.reason() + " " + refusals.addressBlock() + " " + refusals.count();
  }

  @Test
  void countsByReasonAndNetworkAndForgets() {
    stranger("signature", "2001:db8::1");
    stranger("signature", "2001:db8::ffff:2");
    stranger("signature", "192.0.2.7");
    stranger("no-credential", "192.0.2.7");
    assertThat(counts.end().stream().map(RefusalCountTest::told))
        .containsExactly(
            "signature 2001:db8::/64 2", "signature 192.0.2.7 1", "no-credential 192.0.2.7 1");
    assertThat(counts.end()).isEmpty();
  }

  @Test
  void hasRoomForSoManyAddressesAndCountsTheRestAllTheSame() {
    for (int i = 0; i < 1000; i++) {
      stranger("signature", "192.0.2." + i);
    }
    List<AuditRecord> records = counts.end();
    assertThat(records).hasSize(4);
    assertThat(told(records.get(3))).isEqualTo("signature other 997");
  }

  @Test
  void countsASubjectOnceWhereverItComesFromAndByWhateverToken() {
    subject("alice", "aa", "192.0.2.7");
    subject("alice", "bb", "192.0.2.7");
    subject("bob", "cc", "192.0.2.8");
    subject("bob", "cc", "192.0.2.9");
    List<AuditRecord> records = counts.end();
    assertThat(records.stream().map(RefusalCountTest::told))
        .containsExactly("too-fast 192.0.2.7 2", "too-fast other 2");
    Actor first = ((AuditRecord.Refusals) records.get(0)).actor().orElseThrow();
    assertThat(first.subject()).isEqualTo("alice");
    assertThat(first.tokenDigest()).isEmpty();
    counts.again(records);
    assertThat(counts.end().stream().map(RefusalCountTest::told))
        .containsExactly("too-fast 192.0.2.7 2", "too-fast other 2");
  }

  @Test
  void keepsRoomForSubjectsWhateverStrangersSendAndBoundsBoth() {
    for (int i = 0; i < 1000; i++) {
      stranger("signature", "192.0.2." + i);
    }
    for (int i = 0; i < 1000; i++) {
      subject("s" + i, "aa", "192.0.2.7");
    }
    List<AuditRecord> records = counts.end();
    assertThat(records).hasSize(3 + 2 + 3);
    assertThat(records.stream().map(RefusalCountTest::told))
        .contains("signature other 997", "too-fast other 997");
    assertThat(records.stream().filter(one -> ((AuditRecord.Refusals) one).actor().isPresent()))
        .hasSize(3);
  }

  @Test
  void losesNothingThatCouldNotBeWritten() {
    stranger("signature", "192.0.2.7");
    List<AuditRecord> lost = counts.end();
    stranger("signature", "192.0.2.7");
    counts.again(lost);
    assertThat(counts.end().stream().map(RefusalCountTest::told))
        .containsExactly("signature 192.0.2.7 2");
  }

  @Test
  void comesToTheLogByItselfAndAtItsEnd() throws IOException {
    Vertx vertx = Vertx.vertx();
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            new AuditSettings(folder, Durability.WRITE, 100, Optional.of("i1")),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM);
    log.refused("signature", 401, "192.0.2.7");
    get(log.recordRefusals());
    log.refused("no-credential", 401, "192.0.2.7");
    get(log.close());
    get(vertx.close());
    List<ObjectNode> found = new ArrayList<>();
    AuditReader.read(folder, record -> record.has("count"), found::add);
    assertThat(found)
        .extracting(record -> record.path("reason").asText())
        .containsExactly("signature", "no-credential");
    RecordSchema schema = RecordSchema.load();
    AuditReader.read(
        folder, record -> true, record -> assertThat(schema.faults(record.toString())).isEmpty());
  }
}
