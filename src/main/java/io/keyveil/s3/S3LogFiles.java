package io.keyveil.s3;

import io.keyveil.file.CatalogUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The log files that S3 has left in a bucket. Blocks; for the command line. */
public final class S3LogFiles {
  private final S3Client client;

  S3LogFiles(S3Client client) {
    this.client = client;
  }

  /** Reads each file below a prefix. */
  @FunctionalInterface
  public interface Reader {
    void read(InputStream file) throws IOException;
  }

  /**
   * Hands out the files one after the other, in the order of their names.
   *
   * @throws CatalogUnavailableException if the bucket cannot be read
   */
  public void read(String bucket, String prefix, Reader reader) throws IOException {
    try {
      for (S3Object each :
          client
              .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
              .contents()) {
        try (InputStream file =
            client.getObject(request -> request.bucket(bucket).key(each.key()))) {
          reader.read(file);
        }
      }
    } catch (S3Exception e) {
      throw new CatalogUnavailableException("S3 answered " + e.statusCode(), true);
    } catch (SdkException e) {
      throw new CatalogUnavailableException("S3 could not be reached", false);
    }
  }
}
