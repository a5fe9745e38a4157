package io.keyveil.s3;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * What the signatures of one second have in common: the parameters that tell of them, and the
 * beginning of what is signed. Any thread may sign.
 */
final class SigningSecond {
  private static final HexFormat HEX = HexFormat.of();

  private final AwsCredentials credentials;
  private final long epoch;
  private final long life;
  private final String parameters;
  private final Mac begun;

  /**
   * @param epoch the second
   * @param life for how many seconds what is signed shall hold
   * @param parameters those that begin with {@code X-Amz-}, ready to stand in a query
   * @param begun the key of the day, with what is signed before the request's digest
   */
  SigningSecond(AwsCredentials credentials, long epoch, long life, String parameters, Mac begun) {
    this.credentials = credentials;
    this.epoch = epoch;
    this.life = life;
    this.parameters = parameters;
    this.begun = begun;
  }

  /** Whether this is the second, and these credentials sign for so many more. */
  boolean serves(AwsCredentials asked, long second, long seconds) {
    return epoch == second && life == seconds && credentials.equals(asked);
  }

  /** Puts what tells of the signature among the parameters that are signed. */
  void addTo(CanonicalQuery query) {
    query.addAll("X-Amz-", parameters);
  }

  /**
   * Signs a canonical request, which is ASCII.
   *
   * @return lower-case hex
   */
  String sign(String canonicalRequest) {
    String hash = HEX.formatHex(sha256(canonicalRequest));
    return HEX.formatHex(SigningDay.copy(begun).doFinal(octets(hash)));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return "SigningSecond[***]";
  }
}
