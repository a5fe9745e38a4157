package io.keyveil.s3;

import io.keyveil.audit.Archive;
import io.keyveil.audit.ShipSettings;
import io.keyveil.audit.ShipSettings.Encryption;
import io.keyveil.audit.ShipSettings.Mode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** A bucket with Object Lock, where audit files are held. */
final class S3Archive implements Archive {
  private static final String JSON_LINES = "application/x-ndjson";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final S3Client client;
  private final String bucket;
  private final ShipSettings settings;
  private final InstantSource clock;

  S3Archive(S3Client client, String bucket, ShipSettings settings, InstantSource clock) {
    this.client = client;
    this.bucket = bucket;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void put(String name, Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      put(name, JSON_LINES, RequestBody.fromFile(file), new CopyDigests(bytes));
    } catch (IOException e) {
      throw new ArchiveUnavailableException("a file could not be read");
    }
  }

  @Override
  public void put(String name, byte[] content) {
    try (InputStream bytes = new ByteArrayInputStream(content)) {
      put(name, TEXT, RequestBody.fromBytes(content), new CopyDigests(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("memory can always be read", e);
    }
  }

  private void put(String name, String type, RequestBody body, CopyDigests digests) {
    CopyCheck check = new CopyCheck(digests, settings);
    try {
      // A copy that came without our hearing of it would be doubled in a bucket with versions.
      if (look(name, null).map(check::fault).filter(Optional::isEmpty).isPresent()) {
        return;
      }
      PutObjectResponse done =
          client.putObject(
              request ->
                  request(request, name)
                      .contentType(type)
                      .contentMD5(digests.md5())
                      .checksumSHA256(digests.sha256()),
              body);
      HeadObjectResponse copy =
          look(name, done.versionId())
              .orElseThrow(
                  () ->
                      new ArchiveUnavailableException(
                          "the copy cannot be looked at (expected: leave to read it,"
                              + " s3:GetObject)"));
      check
          .fault(copy)
          .ifPresent(
              what -> {
                throw ArchiveUnavailableException.differing(what);
              });
    } catch (S3Exception e) {
      throw new ArchiveUnavailableException("S3 answered " + e.statusCode());
    } catch (SdkException e) {
      throw new ArchiveUnavailableException("S3 could not be reached");
    }
  }

  /**
   * What is there; with its checksum, if the key that it is encrypted with may be used for that.
   */
  private Optional<HeadObjectResponse> look(String name, @Nullable String version) {
    return look(name, version, ChecksumMode.ENABLED).or(() -> look(name, version, null));
  }

  private Optional<HeadObjectResponse> look(
      String name, @Nullable String version, @Nullable ChecksumMode mode) {
    try {
      return Optional.of(
          client.headObject(
              request ->
                  request
                      .bucket(bucket)
                      .key(settings.prefix() + name)
                      .versionId(version)
                      .checksumMode(mode)));
    } catch (S3Exception e) {
      // Without the right to list, an object that is not there is answered with 403.
      if (e.statusCode() == 404 || e.statusCode() == 403) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private PutObjectRequest.Builder request(PutObjectRequest.Builder request, String name) {
    Consumer<PutObjectRequest.Builder> lock =
        put ->
            put.objectLockMode(
                    settings.mode() == Mode.COMPLIANCE
                        ? ObjectLockMode.COMPLIANCE
                        : ObjectLockMode.GOVERNANCE)
                .objectLockRetainUntilDate(clock.instant().plus(settings.retention()));
    Consumer<PutObjectRequest.Builder> encrypt =
        put ->
            put.serverSideEncryption(
                    settings.encryption() == Encryption.KMS
                        ? ServerSideEncryption.AWS_KMS
                        : ServerSideEncryption.AES256)
                .ssekmsKeyId(
                    settings.encryption() == Encryption.KMS
                        ? settings.kmsKey().orElse(null)
                        : null);
    return request
        .bucket(bucket)
        .key(settings.prefix() + name)
        .applyMutation(settings.mode() == Mode.NONE ? put -> {} : lock)
        .applyMutation(settings.encryption() == Encryption.NONE ? put -> {} : encrypt);
  }
}
