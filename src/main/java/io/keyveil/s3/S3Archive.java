package io.keyveil.s3;

import io.keyveil.audit.Archive;
import io.keyveil.audit.ShipSettings;
import io.keyveil.audit.ShipSettings.Encryption;
import io.keyveil.audit.ShipSettings.Mode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
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
      put(name, JSON_LINES, RequestBody.fromFile(file), new Digests(bytes));
    } catch (IOException e) {
      throw new ArchiveUnavailableException("a file could not be read");
    }
  }

  @Override
  public void put(String name, byte[] content) {
    try (InputStream bytes = new ByteArrayInputStream(content)) {
      put(name, TEXT, RequestBody.fromBytes(content), new Digests(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("memory can always be read", e);
    }
  }

  private void put(String name, String type, RequestBody body, Digests digests) {
    try {
      if (!isThere(name, body.optionalContentLength().orElse(-1L))) {
        var unused =
            client.putObject(
                request ->
                    request(request, name)
                        .contentType(type)
                        .contentMD5(digests.md5)
                        .checksumSHA256(digests.sha256),
                body);
      }
    } catch (S3Exception e) {
      throw new ArchiveUnavailableException("S3 answered " + e.statusCode());
    } catch (SdkException e) {
      throw new ArchiveUnavailableException("S3 could not be reached");
    }
  }

  /**
   * What S3 asks for with every object that is to be locked: MD5, since every server verifies it,
   * and SHA-256, since that says more. Both go ahead of the body, as a trailer is not for all.
   */
  private static final class Digests {
    private final String md5;
    private final String sha256;

    Digests(InputStream bytes) throws IOException {
      try {
        MessageDigest first = MessageDigest.getInstance("MD5");
        MessageDigest second = MessageDigest.getInstance("SHA-256");
        var unused =
            new DigestInputStream(new DigestInputStream(bytes, first), second)
                .transferTo(OutputStream.nullOutputStream());
        md5 = Base64.getEncoder().encodeToString(first.digest());
        sha256 = Base64.getEncoder().encodeToString(second.digest());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has MD5 and SHA-256", e);
      }
    }
  }

  /** A copy that came without our hearing of it would be doubled in a bucket with versions. */
  private boolean isThere(String name, long size) {
    try {
      return client
              .headObject(request -> request.bucket(bucket).key(settings.prefix() + name))
              .contentLength()
          == size;
    } catch (S3Exception e) {
      // Without the right to list, an object that is not there is answered with 403.
      if (e.statusCode() == 404 || e.statusCode() == 403) {
        return false;
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
