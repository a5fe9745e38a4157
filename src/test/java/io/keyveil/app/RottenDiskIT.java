package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.AccessRule;
import io.keyveil.delivery.Integrity;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.Disposition;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import io.keyveil.file.SampleFiles;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An upload to a real S3 server whose disk loses a bit afterwards, and does not notice. */
class RottenDiskIT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "CRC, 1000",
    "SHA256, 1000",
    "CRC, 17825793",
    "SHA256, 17825793",
    "CRC, 0",
    "SHA256, 0"
  })
  void isNoticedByWhatTheUploadKnew(Integrity integrity, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    try (GatewayHarness gateway =
        GatewayHarness.start(
            folder,
            settings -> LyingGateway.with(settings, settings.s3(), IntegrityIT.by(integrity)))) {
      FileRecord file = upload(gateway, bytes);
      assertThat(file.checksums().sha256()).isEqualTo(SampleFiles.checksums(bytes).sha256());
      assertThat(file.checksums().crc32c()).isEqualTo(SampleFiles.checksums(bytes).crc32c());
      Fetch sound = fetch(gateway, file);
      assertThat(sound.whole()).isTrue();
      assertThat(sound.bytes().getBytes()).isEqualTo(bytes);
      if (size > 0) {
        rot(file.location());
        Fetch rotten = fetch(gateway, file);
        assertThat(rotten.whole()).isFalse();
        assertThat(rotten.bytes().length()).isLessThan(size);
        Wait.until(
            "the record",
            () -> gateway.audit().stream().anyMatch(line -> line.contains("\"corrupt\"")));
      }
    }
  }

  private static Fetch fetch(GatewayHarness gateway, FileRecord file) {
    return Fetch.of(gateway, gateway.client(HttpVersion.HTTP_1_1), file.id().text());
  }

  private FileRecord upload(GatewayHarness gateway, byte[] bytes) throws IOException {
    return upload(gateway, Files.write(folder.resolve("source"), bytes));
  }

  /** Uploads a local file for one subject, under an opaque key. */
  static FileRecord upload(GatewayHarness gateway, Path source) throws IOException {
    Registration wish =
        new Registration(
            new ObjectKey(GatewayHarness.OPAQUE_BUCKET, "0", Optional.empty()),
            "scan.bin",
            "application/octet-stream",
            Disposition.ATTACHMENT,
            DeliveryPolicy.STREAM,
            false,
            new AccessRule.SubjectIs("alice", Optional.empty()),
            Optional.empty());
    return new OpaqueFiles(
            gateway.gateway().registry(),
            gateway.gateway().s3().control(),
            gateway.gateway().s3().uploads(new SecureRandom()))
        .add(source, wish, sent -> {});
  }

  /** In place, so that what the server keeps beside the bytes stays as it is. */
  private void rot(ObjectKey location) throws IOException {
    try (var all = Files.walk(folder.resolve("s3"))) {
      Path stored = all.filter(path -> path.endsWith(location.key())).findFirst().orElseThrow();
      try (RandomAccessFile file = new RandomAccessFile(stored.toFile(), "rw")) {
        long at = file.length() / 2;
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ 4);
      }
    }
  }
}
