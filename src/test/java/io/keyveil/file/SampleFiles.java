package io.keyveil.file;

import io.keyveil.access.AccessRule;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Records and registrations whose location is a canary: it must never be seen. */
public final class SampleFiles {
  public static final String BUCKET = "canary-bucket";
  public static final String KEY = "patients/Canary Doe/ä +%?#//../\"x\"\n.pdf";
  public static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
  public static final AccessRule ALICE =
      new AccessRule.AnyOf(
          List.of(
              new AccessRule.SubjectIs("alice", Optional.of("https://idp.example.org/")),
              new AccessRule.ClaimIs("patient", "p-17 ü \"quoted\""),
              new AccessRule.AllOf(List.of(new AccessRule.HasScope("files:all")))));

  private static final SecureRandom RANDOM = new SecureRandom();

  private SampleFiles() {}

  public static ObjectKey location() {
    return new ObjectKey(BUCKET, KEY, Optional.of("v1"));
  }

  public static Registration registration() {
    return new Registration(
        location(),
        "MRI März.pdf",
        "application/pdf",
        Disposition.INLINE,
        DeliveryPolicy.REDIRECT,
        true,
        ALICE,
        Optional.of(NOW.plusSeconds(60)));
  }

  public static ObjectFacts facts() {
    return new ObjectFacts(
        1L << 40,
        new EntityTag("\"abc-3\""),
        Optional.of("v1"),
        Instant.parse("2025-01-01T00:00:00Z"),
        new Checksums(
            Optional.of(Checksum.ofHex(Checksum.Algorithm.SHA256, "ab".repeat(32))),
            Optional.of(Checksum.ofHex(Checksum.Algorithm.CRC32C, "cd".repeat(4))),
            Optional.of(Checksum.ofHex(Checksum.Algorithm.CRC32, "ef".repeat(4)))));
  }

  /** A record in which everything that can be set is set. */
  public static FileRecord file() {
    return file(NOW);
  }

  public static FileRecord file(Instant createdAt) {
    return new FileRecord(
        FileId.random(RANDOM),
        location(),
        false,
        facts().size(),
        facts().etag(),
        facts().lastModified(),
        facts().checksums(),
        registration().name(),
        registration().type(),
        Disposition.INLINE,
        DeliveryPolicy.REDIRECT,
        true,
        ALICE,
        registration().expiresAt(),
        FileState.ACTIVE,
        createdAt,
        1);
  }

  /** A record in which everything that can be missing is missing. */
  public static FileRecord bareFile() {
    return new FileRecord(
        FileId.random(RANDOM),
        new ObjectKey("b", "k", Optional.empty()),
        true,
        0,
        new EntityTag("\"\""),
        Instant.EPOCH,
        Checksums.NONE,
        "a",
        "text/plain",
        Disposition.ATTACHMENT,
        DeliveryPolicy.AUTO,
        false,
        AccessRule.NOBODY,
        Optional.empty(),
        FileState.ACTIVE,
        NOW,
        1);
  }

  /** A small file that alice may have, delivered as told. */
  public static FileRecord delivered(DeliveryPolicy policy, boolean opaque, long size) {
    return new FileRecord(
        new FileId("AAAAAAAAAAAAAAAAAAAAAA"),
        location(),
        opaque,
        size,
        new EntityTag("\"0123456789abcdef\""),
        Instant.parse("2026-03-01T12:00:00Z"),
        Checksums.NONE,
        "MRI March.pdf",
        "application/pdf",
        Disposition.ATTACHMENT,
        policy,
        false,
        new AccessRule.SubjectIs("alice", Optional.empty()),
        Optional.empty(),
        FileState.ACTIVE,
        NOW,
        1);
  }

  /** The same file, to be read where an object really lies. */
  public static FileRecord at(ObjectKey location, ObjectFacts facts) {
    FileRecord file = delivered(DeliveryPolicy.AUTO, false, facts.size());
    return new FileRecord(
        file.id(),
        location,
        file.opaque(),
        facts.size(),
        facts.etag(),
        facts.lastModified(),
        facts.checksums(),
        file.name(),
        file.type(),
        file.disposition(),
        file.delivery(),
        file.harmlessName(),
        file.access(),
        file.expiresAt(),
        file.state(),
        file.createdAt(),
        file.revision());
  }

  /** The same file with so many bytes of which this is known. */
  public static FileRecord known(long size, Checksums checksums) {
    FileRecord file = delivered(DeliveryPolicy.AUTO, false, size);
    return at(
        location(),
        new ObjectFacts(size, file.etag(), Optional.empty(), file.lastModified(), checksums));
  }

  /** The same file under another ID. */
  public static FileRecord renamed(FileRecord file, FileId id) {
    return new FileRecord(
        id,
        file.location(),
        file.opaque(),
        file.size(),
        file.etag(),
        file.lastModified(),
        file.checksums(),
        file.name(),
        file.type(),
        file.disposition(),
        file.delivery(),
        file.harmlessName(),
        file.access(),
        file.expiresAt(),
        file.state(),
        file.createdAt(),
        file.revision());
  }

  /** What is known of these bytes when all is known. */
  public static Checksums checksums(byte[] bytes) {
    return new Checksums(
        Optional.of(checksum(Checksum.Algorithm.SHA256, bytes)),
        Optional.of(checksum(Checksum.Algorithm.CRC32C, bytes)),
        Optional.of(checksum(Checksum.Algorithm.CRC32, bytes)));
  }

  public static Checksum checksum(Checksum.Algorithm algorithm, byte[] bytes) {
    RunningChecksum running = RunningChecksum.of(algorithm);
    running.add(ByteBuffer.wrap(bytes));
    return running.end();
  }

  /** The same file under another name, asking for a disposition. */
  public static FileRecord named(
      String name, String type, Disposition disposition, boolean harmless) {
    FileRecord file = delivered(DeliveryPolicy.AUTO, false, 1000);
    return new FileRecord(
        file.id(),
        file.location(),
        file.opaque(),
        file.size(),
        file.etag(),
        file.lastModified(),
        file.checksums(),
        name,
        type,
        disposition,
        file.delivery(),
        harmless,
        file.access(),
        file.expiresAt(),
        file.state(),
        file.createdAt(),
        file.revision());
  }

  public static FileRecord revoked(FileRecord file) {
    return FileChange.REVOCATION.applyTo(file);
  }
}
