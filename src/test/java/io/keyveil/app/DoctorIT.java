package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.Finding.Severity;
import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoKit;
import io.keyveil.demo.DemoLibraries;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.http.TlsFiles;
import io.keyveil.s3.BucketTrait;
import io.keyveil.s3.BucketTrait.Answer;
import io.keyveil.s3.LyingS3.Lie;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The doctor finds what is wrong, says what helps, and takes no silence for health. */
class DoctorIT {
  @TempDir Path folder;

  private static Map<String, Finding> byCheck(List<Finding> findings) {
    return findings.stream().collect(Collectors.toMap(Finding::check, Function.identity()));
  }

  private static Map<String, Finding> examine(GatewayHarness gateway, InstantSource clock) {
    return byCheck(new Examination(gateway.vertx(), gateway.settings(), clock, 100_000).findings());
  }

  private static Severity severity(Map<String, Finding> findings, String check) {
    assertThat(findings).containsKey(check);
    return Optional.ofNullable(findings.get(check)).orElseThrow().severity();
  }

  @Test
  void looksAtADeploymentThatWorks() {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      String named = gateway.file("patients/Jane Doe/scan.bin", new byte[10], "alice", "stream");
      String plain = gateway.file("studies/7f2a.bin", new byte[10], "alice", "stream");
      String opaque = gateway.opaqueFile(new byte[10], "alice", DeliveryPolicy.REDIRECT);
      Map<String, Finding> findings = examine(gateway, InstantSource.system());
      for (String check :
          List.of(
              "configuration",
              "certificate key",
              "certificate host",
              "issuer keys",
              "store",
              "bucket 1",
              "bucket 1 clock",
              "opaque bucket")) {
        assertThat(severity(findings, check)).as(check).isEqualTo(Severity.OK);
      }
      assertThat(severity(findings, "audit")).isEqualTo(Severity.NOTE);
      // The server here knows next to nothing of how buckets are kept.
      assertThat(severity(findings, "bucket 1 public-access-block"))
          .isEqualTo(Severity.NOT_SUPPORTED);
      assertThat(severity(findings, "bucket 1 logging")).isEqualTo(Severity.NOT_SUPPORTED);
      assertThat(severity(findings, "object keys")).isEqualTo(Severity.WARNING);
      String report = findings.values().stream().map(Finding::text).collect(Collectors.joining());
      assertThat(report)
          .contains("1 look like two names", named)
          .doesNotContain("Jane", "Doe", plain, opaque, GatewayHarness.BUCKET)
          .doesNotContain(GatewayHarness.OPAQUE_BUCKET);
    }
  }

  @Test
  void tellsPeopleInOneLineWhatAServerDoesNotTell() {
    List<Finding> findings =
        List.of(
            Finding.well("bucket 1"),
            Finding.unsupported("bucket 1 cors"),
            Finding.unsupported("bucket 1 logging"),
            Finding.unsupported("opaque bucket cors"),
            Finding.warning("opaque bucket logging", "none", "turn it on"),
            Finding.unsupported("opaque bucket versioning"));
    assertThat(Finding.told(findings).stream().map(Finding::check))
        .containsExactly(
            "bucket 1",
            "bucket 1 cors, logging",
            "opaque bucket cors",
            "opaque bucket logging",
            "opaque bucket versioning");
    assertThat(Finding.counted(findings)).isEqualTo("1 warning, 4 not supported, 1 ok");
  }

  @Test
  void seesAClockThatIsOff() {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      InstantSource late = () -> Instant.now().minus(Duration.ofMinutes(10));
      assertThat(severity(examine(gateway, late), "bucket 1 clock")).isEqualTo(Severity.FAILURE);
      InstantSource early = () -> Instant.now().plus(Duration.ofMinutes(1));
      assertThat(severity(examine(gateway, early), "bucket 1 clock")).isEqualTo(Severity.WARNING);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"NONE", "GARBAGE", "BROKEN", "FORBIDDEN", "MISSING", "NOTHING_THEN_FIN", "FOUND"})
  void takesNoLieForHealth(Lie lie) {
    try (LyingGateway lying =
        LyingGateway.start(folder, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1))) {
      lying.s3().tell(lie);
      Map<String, Finding> findings = examine(lying.harness(), InstantSource.system());
      for (BucketTrait trait : BucketTrait.values()) {
        String check = "bucket 1 " + trait.word();
        if (findings.containsKey(check)) {
          assertThat(severity(findings, check)).as(check).isNotEqualTo(Severity.OK);
        } else {
          assertThat(findings).doesNotContainKey(check);
        }
      }
      if (findings.containsKey("bucket 1 cors")) {
        assertThat(severity(findings, "bucket 1 cors")).isNotEqualTo(Severity.OK);
      } else {
        assertThat(severity(findings, "bucket 1")).isEqualTo(Severity.FAILURE);
      }
      assertThat(findings.values())
          .allMatch(finding -> finding.severity() == Severity.OK || !finding.remedy().isBlank());
    }
  }

  @Test
  void looksAtCertificates() throws IOException {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      DemoKit kit = DemoLibraries.load();
      DemoCertificate one = kit.certificate(List.of("localhost"));
      DemoCertificate other = kit.certificate(List.of("files.example.org"));
      Instant now = Instant.now();
      URI here = URI.create("https://localhost:8443");
      assertThat(severities(gateway, one.certificate(), one.key(), here, now))
          .containsOnly(Severity.OK);
      assertThat(severities(gateway, one.certificate(), other.key(), here, now))
          .containsOnly(Severity.FAILURE);
      assertThat(
              severities(
                  gateway, one.certificate(), one.key(), URI.create("https://example.org"), now))
          .containsExactly(Severity.OK, Severity.OK, Severity.OK, Severity.FAILURE);
      assertThat(severities(gateway, one.certificate() + other.certificate(), one.key(), here, now))
          .containsExactly(Severity.FAILURE);
      assertThat(
              severities(
                  gateway, one.certificate(), one.key(), here, now.plus(Duration.ofDays(20_000))))
          .containsExactly(Severity.OK, Severity.FAILURE, Severity.OK, Severity.OK);
      assertThat(
              severities(
                  gateway, one.certificate(), one.key(), here, now.minus(Duration.ofDays(20_000))))
          .contains(Severity.FAILURE);
    }
  }

  private List<Severity> severities(
      GatewayHarness gateway, String certificate, String key, URI url, Instant now)
      throws IOException {
    TlsFiles files =
        new TlsFiles(
            Files.writeString(folder.resolve("doctor-cert.pem"), certificate),
            Files.writeString(folder.resolve("doctor-key.pem"), key));
    return new CertificateExam(files, url, now)
        .examine(gateway.vertx()).stream().map(Finding::severity).toList();
  }

  @Test
  void hasAdviceForEverythingThatIsMissing() {
    assertThat(Finding.unsupported("x").remedy()).isNotBlank();
    assertThat(Advice.forbidden("x").remedy()).isNotBlank();
    for (BucketTrait trait : BucketTrait.values()) {
      Finding missing = Advice.on("bucket 1", trait, Answer.NO, true);
      assertThat(missing.severity()).isGreaterThanOrEqualTo(Severity.NOTE);
      assertThat(missing.remedy()).isNotBlank();
      assertThat(Advice.on("bucket 1", trait, Answer.YES, true).severity()).isEqualTo(Severity.OK);
      assertThat(Advice.on("bucket 1", trait, Answer.NO, false).remedy()).isNotBlank();
      assertThat(Advice.on("bucket 1", trait, Answer.NOT_SUPPORTED, true).severity())
          .isEqualTo(Severity.NOT_SUPPORTED);
    }
  }
}
