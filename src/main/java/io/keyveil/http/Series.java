package io.keyveil.http;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.delivery.Refusal;
import io.keyveil.delivery.Shortage;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Limit;
import io.keyveil.ops.Meters;
import java.util.List;

/**
 * The series of every word that may come, begun at nothing: one that first appears with its first
 * event has no increase that an alert could see.
 */
final class Series {
  private Series() {}

  static void expect(Meters meters) {
    for (String reason : List.of("stream", "redirect", "offload", "none", "left", "landing")) {
      meters.expectDecision("allowed", reason);
    }
    for (Refusal refusal : Refusal.values()) {
      meters.expectDecision("refused", refusal.word());
    }
    for (SourceFailure failure : SourceFailure.values()) {
      meters.expectDecision("failed", failure.word());
      meters.expectAlarm("source-" + failure.word());
      meters.expectS3Answer(failure.word());
      for (String step : List.of("retry", "resume", "given-up")) {
        meters.expectAgain(step, failure.word());
      }
    }
    for (Shortage shortage : Shortage.values()) {
      meters.expectDecision("failed", shortage.word());
      meters.expectAlarm("shortage-" + shortage.word());
    }
    for (String kind :
        List.of("internal", "transfer-broken", "transfer-corrupt", "audit-copy", "offload-log")) {
      meters.expectAlarm(kind);
    }
    for (Limit limit : Limit.values()) {
      for (Enforcement mode : Enforcement.values()) {
        meters.expectLimited(limit.word(), mode.word());
      }
    }
    for (Ending ending : Ending.values()) {
      meters.expectEnding(ending.word());
    }
    meters.expectS3Answer("read");
    meters.expectS3Answer("left");
    meters.expectRefusedConnection("address");
    meters.expectRefusedConnection("pings");
    meters.expectRefusedConnection("proxy");
  }
}
