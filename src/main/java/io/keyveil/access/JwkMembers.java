package io.keyveil.access;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The required members of a JWK, which are the key itself (RFC 7638 section 3.2).
 *
 * @param members base64url values and plain names, sorted; none needs escaping in JSON
 */
record JwkMembers(SortedMap<String, String> members) {
  /** An RSA key. */
  static JwkMembers rsa(BigInteger modulus, BigInteger exponent) {
    return of(Map.of("kty", "RSA", "n", unsigned(modulus), "e", unsigned(exponent)));
  }

  /** A key on a NIST curve. */
  static JwkMembers ec(String curve, byte[] x, byte[] y) {
    return of(
        Map.of("kty", "EC", "crv", curve, "x", Base64Url.encode(x), "y", Base64Url.encode(y)));
  }

  /** An Ed25519 key. */
  static JwkMembers ed25519(byte[] x) {
    return of(Map.of("kty", "OKP", "crv", "Ed25519", "x", Base64Url.encode(x)));
  }

  /** A secret, whose thumbprint is as secret as it is. */
  static JwkMembers secret(SharedSecret secret) {
    return of(Map.of("kty", "oct", "k", Base64Url.encode(secret.reveal())));
  }

  /** The SHA-256 of the members as JSON without spaces, as base64url. */
  String thumbprint() {
    String json =
        members.entrySet().stream()
            .map(member -> "\"" + member.getKey() + "\":\"" + member.getValue() + "\"")
            .collect(Collectors.joining(",", "{", "}"));
    try {
      return Base64Url.encode(
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "JwkMembers[" + members.get("kty") + "]";
  }

  private static JwkMembers of(Map<String, String> members) {
    return new JwkMembers(new TreeMap<>(members));
  }

  /** Big-endian in the fewest bytes (RFC 7518 section 2); the JDK adds a byte for the sign. */
  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return Base64Url.encode(
        bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }
}
