package io.keyveil.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What S3 asks for with every object that is to be locked: MD5, since every server verifies it, and
 * SHA-256, since that says more. Both go ahead of the body, as a trailer is not for all.
 */
final class CopyDigests {
  private final byte[] first;
  private final byte[] second;
  private final long size;

  CopyDigests(InputStream bytes) throws IOException {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      size =
          new DigestInputStream(new DigestInputStream(bytes, md5), sha256)
              .transferTo(OutputStream.nullOutputStream());
      first = md5.digest();
      second = sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5 and SHA-256", e);
    }
  }

  String md5() {
    return Base64.getEncoder().encodeToString(first);
  }

  String sha256() {
    return Base64.getEncoder().encodeToString(second);
  }

  /** The entity tag of an object that S3 does not encrypt under a key of somebody's. */
  String etag() {
    return HexFormat.of().formatHex(first);
  }

  long size() {
    return size;
  }
}
