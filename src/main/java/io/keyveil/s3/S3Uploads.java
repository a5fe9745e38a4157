package io.keyveil.s3;

import io.keyveil.file.CatalogUnavailableException;
import io.keyveil.file.Checksum;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.Checksums;
import io.keyveil.file.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Puts local files under opaque keys: whole up to 16 MiB, in parts above. Every request carries an
 * MD5 of its body, the one checksum that all S3 servers verify; a file that changes while it is
 * read fails the upload. Blocking; for the command line.
 */
public final class S3Uploads {
  private static final int PART = 16 << 20;
  private static final int MOST_PARTS = 10_000;
  private static final int KEY_BYTES = 20;

  private final S3Client client;
  private final S3Settings settings;
  private final SecureRandom random;

  S3Uploads(S3Client client, S3Settings settings, SecureRandom random) {
    this.client = client;
    this.settings = settings;
    this.random = random;
  }

  /**
   * What an upload left behind.
   *
   * @param location the opaque key
   * @param size bytes sent
   * @param checksums of what was sent
   */
  public record Upload(ObjectKey location, long size, Checksums checksums) {}

  /**
   * Uploads a file.
   *
   * @param progress told how many bytes have been sent so far
   * @throws IOException if the file cannot be read, or changes meanwhile
   * @throws CatalogUnavailableException if S3 does not take it; nothing is left there
   * @throws IllegalStateException if no opaque bucket is configured
   */
  public Upload put(Path file, String type, LongConsumer progress) throws IOException {
    String bucket =
        settings
            .opaqueBucket()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "s3.opaqueBucket: missing (expected: the bucket that uploads go to)"));
    ObjectKey location = new ObjectKey(bucket, randomKey(), Optional.empty());
    long size = Files.size(file);
    MessageDigest digest = digest("SHA-256");
    CRC32C crc = new CRC32C();
    try (InputStream bytes =
        new CheckedInputStream(
            new DigestInputStream(Channels.newInputStream(Files.newByteChannel(file)), digest),
            crc)) {
      if (size <= PART) {
        putWhole(location, type, read(bytes, size, size), progress);
      } else {
        putParts(location, type, bytes, size, progress);
      }
      if (bytes.read() >= 0) {
        delete(location);
        throw new IOException("the file grew while it was read");
      }
    } catch (S3Exception e) {
      throw new CatalogUnavailableException("S3 answered " + e.statusCode(), true);
    } catch (SdkException e) {
      throw new CatalogUnavailableException("S3 could not be reached", false);
    }
    return new Upload(
        location,
        size,
        new Checksums(
            Optional.of(Checksum.of(Algorithm.SHA256, digest.digest())),
            Optional.of(Checksum.of(Algorithm.CRC32C, crc.getValue())),
            Optional.empty()));
  }

  /** Takes an object away again whose registration failed. */
  public void delete(ObjectKey location) {
    client.deleteObject(request -> request.bucket(location.bucket()).key(location.key()));
  }

  private String randomKey() {
    byte[] bits = new byte[KEY_BYTES];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  private void putWhole(ObjectKey location, String type, byte[] body, LongConsumer progress) {
    client.putObject(
        request ->
            request
                .bucket(location.bucket())
                .key(location.key())
                .contentType(type)
                .contentMD5(md5(body))
                .serverSideEncryption(encryption())
                .ssekmsKeyId(kmsKey()),
        RequestBody.fromBytes(body));
    progress.accept(body.length);
  }

  private void putParts(
      ObjectKey location, String type, InputStream bytes, long size, LongConsumer progress)
      throws IOException {
    String upload =
        client
            .createMultipartUpload(
                request ->
                    request
                        .bucket(location.bucket())
                        .key(location.key())
                        .contentType(type)
                        .serverSideEncryption(encryption())
                        .ssekmsKeyId(kmsKey()))
            .uploadId();
    try {
      List<CompletedPart> parts = sendParts(location, upload, bytes, size, progress);
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(location.bucket())
                  .key(location.key())
                  .uploadId(upload)
                  .multipartUpload(done -> done.parts(parts)));
    } catch (IOException | RuntimeException e) {
      abort(location, upload, e);
      throw e;
    }
  }

  private List<CompletedPart> sendParts(
      ObjectKey location, String upload, InputStream bytes, long size, LongConsumer progress)
      throws IOException {
    int partSize = (int) Math.max(PART, (size + MOST_PARTS - 1) / MOST_PARTS);
    List<CompletedPart> parts = new ArrayList<>();
    for (long sent = 0; sent < size; sent += partSize) {
      byte[] body = read(bytes, Math.min(partSize, size - sent), size);
      parts.add(sendPart(location, upload, parts.size() + 1, body));
      progress.accept(sent + body.length);
    }
    return parts;
  }

  private CompletedPart sendPart(ObjectKey location, String upload, int number, byte[] body) {
    String tag =
        client
            .uploadPart(
                request ->
                    request
                        .bucket(location.bucket())
                        .key(location.key())
                        .uploadId(upload)
                        .partNumber(number)
                        .contentMD5(md5(body)),
                RequestBody.fromBytes(body))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private void abort(ObjectKey location, String upload, Exception cause) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(location.bucket()).key(location.key()).uploadId(upload));
    } catch (SdkException e) {
      cause.addSuppressed(new IllegalStateException("the begun upload could not be aborted"));
    }
  }

  private static byte[] read(InputStream bytes, long count, long size) throws IOException {
    byte[] body = bytes.readNBytes((int) count);
    if (body.length != count) {
      throw new IOException("the file shrank while it was read (expected: " + size + " bytes)");
    }
    return body;
  }

  private @Nullable ServerSideEncryption encryption() {
    return switch (settings.opaqueEncryption()) {
      case NONE -> null;
      case AES256 -> ServerSideEncryption.AES256;
      case KMS -> ServerSideEncryption.AWS_KMS;
    };
  }

  private @Nullable String kmsKey() {
    return settings.opaqueEncryption() == Encryption.KMS
        ? settings.opaqueKmsKey().orElse(null)
        : null;
  }

  private static String md5(byte[] body) {
    return Base64.getEncoder().encodeToString(digest("MD5").digest(body));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
