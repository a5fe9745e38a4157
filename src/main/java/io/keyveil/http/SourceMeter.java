package io.keyveil.http;

import io.keyveil.delivery.SourceEvents;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.ops.Meters;

/** Counts what was mended behind the client's back. */
record SourceMeter(Meters meters) implements SourceEvents {
  @Override
  public void retried(SourceFailure failure) {
    meters.askedAgain("retry", failure.word());
  }

  @Override
  public void resumed(SourceFailure failure) {
    meters.askedAgain("resume", failure.word());
  }

  @Override
  public void gaveUp(SourceFailure failure) {
    meters.askedAgain("given-up", failure.word());
  }
}
