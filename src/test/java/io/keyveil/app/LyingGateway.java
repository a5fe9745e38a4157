package io.keyveil.app;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.s3.BreakerSettings;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.S3Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A gateway before an S3 that lies, with one registered file. */
record LyingGateway(LyingS3 s3, GatewayHarness harness, String id) implements AutoCloseable {
  /** However often S3 lies, it is asked again. */
  private static final BreakerSettings UNDAUNTED =
      new BreakerSettings(0, 50, Duration.ofSeconds(10), 1);

  private static final String KEY = "patients/Jane Doe/scan";

  /** Where its object lies. */
  static final String PATH = "/" + GatewayHarness.BUCKET + "/" + KEY;

  static LyingGateway start(Path folder, long size, Duration firstByte, Duration stall) {
    return start(folder, size, firstByte, stall, once(stall));
  }

  static LyingGateway start(
      Path folder, long size, Duration firstByte, Duration stall, ResumeSettings resume) {
    return start(folder, size, firstByte, stall, resume, settings -> settings);
  }

  static LyingGateway start(
      Path folder,
      long size,
      Duration firstByte,
      Duration stall,
      ResumeSettings resume,
      UnaryOperator<KeyveilSettings> change) {
    LyingS3 s3 = new LyingS3(size);
    GatewayHarness harness =
        GatewayHarness.on(
            s3.endpoint(),
            folder,
            settings ->
                change.apply(
                    with(
                        settings,
                        with(settings.s3(), UNDAUNTED),
                        patience(firstByte, stall, resume))));
    return new LyingGateway(s3, harness, register(harness));
  }

  static S3Settings with(S3Settings s3, BreakerSettings breaker) {
    return with(s3, s3.connections(), breaker);
  }

  /** The same settings with so many connections for each event loop. */
  static S3Settings connections(S3Settings s3, int connections) {
    return with(s3, connections, s3.breaker());
  }

  private static S3Settings with(S3Settings s3, int connections, BreakerSettings breaker) {
    return new S3Settings(
        s3.endpoint(),
        s3.publicEndpoint(),
        s3.region(),
        s3.pathStyle(),
        s3.buckets(),
        s3.opaqueBucket(),
        s3.opaqueEncryption(),
        s3.opaqueKmsKey(),
        s3.checksums(),
        s3.credentials(),
        connections,
        s3.waiting(),
        breaker,
        s3.connectTimeout(),
        s3.controlTimeout());
  }

  static KeyveilSettings with(KeyveilSettings settings, S3Settings s3, DeliverySettings delivery) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        s3,
        delivery,
        settings.links(),
        settings.audit(),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  /** Every lie is told once: what asking again brings is for tests of its own. */
  private static ResumeSettings once(Duration stall) {
    return new ResumeSettings(0, Duration.ofMillis(1), stall);
  }

  static DeliverySettings patience(Duration firstByte, Duration stall) {
    return patience(firstByte, stall, once(stall));
  }

  private static DeliverySettings patience(
      Duration firstByte, Duration stall, ResumeSettings resume) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        defaults.policy(),
        defaults.redirectAbove(),
        defaults.presignedFor(),
        defaults.readScope(),
        firstByte,
        stall,
        defaults.inlineTypes(),
        defaults.integrity(),
        resume,
        OffloadSettings.DEFAULTS);
  }

  /** Registers the one file; gives its ID. */
  static String register(GatewayHarness harness) {
    return register(harness, KEY);
  }

  /** Registers an object by its key; gives the file's ID. */
  static String register(GatewayHarness harness, String key) {
    return harness
        .register(
            """
            {"bucket": "%s", "key": "%s", "name": "scan.bin",
             "access": {"subject": "alice"}}
            """
                .formatted(GatewayHarness.BUCKET, key))
        .body()
        .toJsonObject()
        .getString("id");
  }

  @Override
  public void close() {
    harness.close();
    s3.close();
  }
}
