package io.keyveil.s3;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * The key that credentials give for one day, region and service (AWS Signature Version 4, "Derive a
 * signing key"). Any thread may begin to sign.
 */
final class SigningDay {
  private static final String HMAC = "HmacSHA256";
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";

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

  /**
   * Begins the signatures of one of its seconds.
   *
   * @param time the same second as {@code yyyyMMdd'T'HHmmss'Z'}, in UTC
   * @param life for how many seconds what is signed shall hold
   */
  SigningSecond second(long epoch, String time, long life) {
    Mac begun = copy(key);
    begun.update(octets(ALGORITHM + "\n" + time + "\n" + scope + "\n"));
    return new SigningSecond(credentials, epoch, life, parameters(time, life), begun);
  }

  private String parameters(String time, long life) {
    CanonicalQuery query = new CanonicalQuery();
    query.add("X-Amz-Algorithm", ALGORITHM);
    query.add("X-Amz-Credential", credentials.accessKeyId() + "/" + scope);
    query.add("X-Amz-Date", time);
    query.add("X-Amz-Expires", Long.toString(life));
    if (credentials instanceof AwsSessionCredentials session) {
      query.add("X-Amz-Security-Token", session.sessionToken());
    }
    query.add("X-Amz-SignedHeaders", "host");
    return query.toString();
  }

  /** A copy costs less than a new one, whose key would have to be worked in again. */
  static Mac copy(Mac key) {
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

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "SigningDay[***]";
  }
}
