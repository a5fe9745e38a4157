package io.keyveil.file;

import io.keyveil.access.AccessRule;
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
              new AccessRule.ClaimIs("patient", "p-\ud800\u0000ü"),
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
        Optional.of("ab".repeat(32)));
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
        facts().sha256(),
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
        Optional.empty(),
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

  public static FileRecord revoked(FileRecord file) {
    return FileChange.REVOCATION.applyTo(file);
  }
}
