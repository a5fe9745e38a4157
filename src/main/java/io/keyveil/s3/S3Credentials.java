package io.keyveil.s3;

import java.util.Objects;
import java.util.Optional;

/** Access keys that were configured; they cannot be printed. */
public final class S3Credentials {
  private final String accessKeyId;
  private final String secretAccessKey;
  private final Optional<String> sessionToken;

  public S3Credentials(String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.sessionToken = sessionToken;
  }

  String accessKeyId() {
    return accessKeyId;
  }

  String secretAccessKey() {
    return secretAccessKey;
  }

  Optional<String> sessionToken() {
    return sessionToken;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof S3Credentials that
        && accessKeyId.equals(that.accessKeyId)
        && secretAccessKey.equals(that.secretAccessKey)
        && sessionToken.equals(that.sessionToken);
  }

  @Override
  public int hashCode() {
    return Objects.hash(accessKeyId, secretAccessKey, sessionToken);
  }

  @Override
  public String toString() {
    return "S3Credentials[***]";
  }
}
