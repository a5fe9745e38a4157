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

  private static String told(AuditRecord record) {
    AuditRecord.Refusals refusals = (AuditRecord.Refusals) record;
    return refusals.reason() + " " + refusals.addressBlock() + " " + refusals.count();
  }

  @Test
  void countsByReasonAndNetworkAndForgets() {
    counts.count("signature", 401, "2001:db8::1");
    counts.count("signature", 401, "2001:db8::ffff:2");
    counts.count("signature", 401, "192.0.2.7");
    counts.count("no-credential", 401, "192.0.2.7");
    assertThat(counts.end().stream().map(RefusalCountTest::told))
        .containsExactly(
            "signature 2001:db8::/64 2", "signature 192.0.2.7 1", "no-credential 192.0.2.7 1");
    assertThat(counts.end()).isEmpty();
  }

  @Test
  void hasRoomForSoManyAddressesAndCountsTheRestAllTheSame() {
    for (int i = 0; i < 1000; i++) {
      counts.count("signature", 401, "192.0.2." + i);
    }
    List<AuditRecord> records = counts.end();
    assertThat(records).hasSize(4);
    assertThat(told(records.get(3))).isEqualTo("signature other 997");
  }

  @Test
  void losesNothingThatCouldNotBeWritten() {
    counts.count("signature", 401, "192.0.2.7");
    List<AuditRecord> lost = counts.end();
    counts.count("signature", 401, "192.0.2.7");
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
