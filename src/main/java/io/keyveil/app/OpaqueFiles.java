package io.keyveil.app;

import io.keyveil.file.Checksums;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileRegistry;
import io.keyveil.file.ObjectCatalog;
import io.keyveil.file.ObjectFacts;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import io.keyveil.s3.S3Uploads;
import io.keyveil.s3.S3Uploads.Upload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Adds local files under opaque keys: the object first, then its record; one without the other is
 * taken away again.
 */
final class OpaqueFiles {
  private final FileRegistry registry;
  private final ObjectCatalog catalog;
  private final S3Uploads uploads;

  OpaqueFiles(FileRegistry registry, ObjectCatalog catalog, S3Uploads uploads) {
    this.registry = registry;
    this.catalog = catalog;
    this.uploads = uploads;
  }

  /**
   * Adds a file; blocking.
   *
   * @param wish what the file is to be; its location counts for nothing
   * @param progress told how many bytes have been sent
   */
  FileRecord add(Path path, Registration wish, LongConsumer progress) throws IOException {
    Upload upload = uploads.put(path, wish.type(), progress);
    try {
      ObjectFacts facts = facts(upload);
      return registry
          .registerOpaque(at(wish, upload.location()), withChecksums(facts, upload.checksums()))
          .await();
    } catch (RuntimeException e) {
      uploads.delete(upload.location());
      throw e;
    }
  }

  private ObjectFacts facts(Upload upload) {
    return catalog
        .head(upload.location())
        .await()
        .filter(found -> found.size() == upload.size())
        .filter(found -> found.checksums().agreeWith(upload.checksums()))
        .orElseThrow(() -> new CommandFailedException("S3 does not have what was uploaded"));
  }

  private static Registration at(Registration wish, ObjectKey location) {
    return new Registration(
        location,
        wish.name(),
        wish.type(),
        wish.disposition(),
        wish.delivery(),
        wish.harmlessName(),
        wish.access(),
        wish.expiresAt());
  }

  private static ObjectFacts withChecksums(ObjectFacts facts, Checksums sent) {
    return new ObjectFacts(
        facts.size(),
        facts.etag(),
        facts.version(),
        facts.lastModified(),
        sent.or(facts.checksums()));
  }
}
