package io.keyveil.file;

import io.keyveil.access.AccessRule;
import java.time.Instant;
import java.util.Optional;

/** File records for tests: a complete one, and ways to vary it. */
public final class FileRecords {
  /** Stands in every sample's bucket and key, and must never be seen outside. */
  public static final String CANARY = "canary-Jane-Doe";

  private FileRecords() {}

  public static FileRecord sample() {
    return new FileRecord(
        new FileId("AAAAAAAAAAAAAAAAAAAAAA"),
        new ObjectKey("bucket-" + CANARY, "patients/" + CANARY + "/MRI.pdf", Optional.empty()),
        false,
        1000,
        new EntityTag("\"0123456789abcdef\""),
        Instant.parse("2026-03-01T12:00:00Z"),
        Optional.empty(),
        "MRI March.pdf",
        "application/pdf",
        Disposition.ATTACHMENT,
        DeliveryPolicy.AUTO,
        false,
        new AccessRule.SubjectIs("alice", Optional.empty()),
        Optional.empty(),
        FileState.ACTIVE,
        Instant.parse("2026-03-02T12:00:00Z"),
        1);
  }

  public static FileRecord at(ObjectKey location, ObjectFacts facts) {
    FileRecord file = sample();
    return new FileRecord(
        file.id(),
        location,
        file.opaque(),
        facts.size(),
        facts.etag(),
        facts.lastModified(),
        facts.sha256(),
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

  public static FileRecord delivered(DeliveryPolicy policy, boolean opaque, long size) {
    FileRecord file = sample();
    return new FileRecord(
        file.id(),
        file.location(),
        opaque,
        size,
        file.etag(),
        file.lastModified(),
        file.sha256(),
        file.name(),
        file.type(),
        file.disposition(),
        policy,
        file.harmlessName(),
        file.access(),
        file.expiresAt(),
        file.state(),
        file.createdAt(),
        file.revision());
  }
}
