package io.keyveil.s3;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * The key that credentials give for one day, region and service, and signatures made with it (AWS
 * Signature Version 4, "Derive a signing key"). Any thread may sign.
 */
final class SigningDay {
  private static final String HMAC = "HmacSHA256";
  private static final HexFormat HEX = HexFormat.of();

  private final AwsCredentials credentials;
  private final String date;
  private final String scope;
  private final Mac key;

  private SigningDay(AwsCredentials credentials, String date, String scope, Mac key) {
    this.credentials = credentials;
    this.date = date;
    this.scope = scope;
    this.key = key;
  }

  /**
   * Derives the key of a day.
   *
   * @param date as {@code yyyyMMdd}, in UTC
   */
  static SigningDay of(AwsCredentials credentials, String date, String region) {
    byte[] secret = ("AWS4" + credentials.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
    Mac dated = keyed(keyed(secret).doFinal(octets(date)));
    Mac regional = keyed(dated.doFinal(octets(region)));
    Mac served = keyed(regional.doFinal(octets("s3")));
    Mac key = keyed(served.doFinal(octets("aws4_request")));
    return new SigningDay(credentials, date, date + "/" + region + "/s3/aws4_request", key);
  }

  /** Whether these credentials sign with this key on that day. */
  boolean serves(AwsCredentials asked, String day) {
    return credentials.equals(asked) && date.equals(day);
  }

  /** What stands behind the access key's ID in {@code X-Amz-Credential}. */
  String scope() {
    return scope;
  }

  /**
   * Signs a canonical request.
   *
   * @param time as {@code yyyyMMdd'T'HHmmss'Z'}, in UTC
   * @return lower-case hex
   */
  String sign(String time, String canonicalRequest) {
    String text =
        "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + HEX.formatHex(sha256(canonicalRequest));
    return HEX.formatHex(fresh().doFinal(octets(text)));
  }

  /** A copy costs less than a new one, whose key would have to be worked in again. */
  private Mac fresh() {
    try {
      return (Mac) key.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's own can be copied", e);
    }
  }

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "SigningDay[***]";
  }
}
