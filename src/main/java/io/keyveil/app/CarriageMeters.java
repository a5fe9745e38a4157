package io.keyveil.app;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.delivery.Carriages;
import io.keyveil.ops.Meters;

/** Counts what an nginx in front carries among the downloads. */
record CarriageMeters(Meters meters) implements Carriages.Events {
  /** nginx's log has lines that are none, or cannot be read. */
  static final String ALARM = "offload-log";

  @Override
  public void began() {
    meters.downloadBegan();
  }

  @Override
  public void ended(Ending ending, long bytes) {
    meters.downloadEnded(ending.word(), bytes);
    if (ending == Ending.CORRUPT) {
      meters.alarm("transfer-corrupt");
    }
  }
}
