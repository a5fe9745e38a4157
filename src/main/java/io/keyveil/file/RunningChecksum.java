package io.keyveil.file;

import io.keyveil.file.Checksum.Algorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** A checksum that is computed while the bytes pass. */
public abstract sealed class RunningChecksum {
  private RunningChecksum() {}

  /** One over no bytes yet. */
  public static RunningChecksum of(Algorithm algorithm) {
    return switch (algorithm) {
      case CRC32 -> new Cyclic(algorithm, new CRC32());
      case CRC32C -> new Cyclic(algorithm, new CRC32C());
      case SHA256 -> new Digest(algorithm);
    };
  }

  /** Adds what remains in a buffer, in or outside the heap. */
  public abstract void add(ByteBuffer bytes);

  /** Over all bytes that were added; nothing can be added afterwards. */
  public abstract Checksum end();

  /** A cyclic redundancy check, for which the JDK has machine code. */
  private static final class Cyclic extends RunningChecksum {
    private final Algorithm algorithm;
    private final java.util.zip.Checksum value;

    Cyclic(Algorithm algorithm, java.util.zip.Checksum value) {
      this.algorithm = algorithm;
      this.value = value;
    }

    @Override
    public void add(ByteBuffer bytes) {
      value.update(bytes);
    }

    @Override
    public Checksum end() {
      return Checksum.of(algorithm, value.getValue());
    }
  }

  /** A cryptographic digest. */
  private static final class Digest extends RunningChecksum {
    private final Algorithm algorithm;
    private final MessageDigest digest;

    Digest(Algorithm algorithm) {
      this.algorithm = algorithm;
      try {
        this.digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    @Override
    public void add(ByteBuffer bytes) {
      digest.update(bytes);
    }

    @Override
    public Checksum end() {
      return Checksum.of(algorithm, digest.digest());
    }
  }
}
