package io.keyveil.access;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;

/**
 * Makes tokens as an attacker would, byte by byte, and signs them with the JDK alone so that the
 * tests do not share the code under test.
 */
final class Forge {
  static final String ISSUER = "https://idp.example.org/";
  static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  static final String HEADER = "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":\"r1\"}";

  final KeyPair rsa = rsaPair();
  final KeyPair ec = ecPair();

  /** The claims of a good token, each member on its own so that a test can swap one. */
  static String claims() {
    return claims(
        "\"iss\":\"" + ISSUER + "\"",
        "\"aud\":\"keyveil\"",
        "\"sub\":\"alice\"",
        "\"exp\":" + (NOW.getEpochSecond() + 600),
        "\"iat\":" + NOW.getEpochSecond());
  }

  static String claims(String... members) {
    return "{" + String.join(",", members) + "}";
  }

  /** Good claims with one member in place of another, or left out where it is empty. */
  static String with(String name, String member) {
    String good = claims();
    String replaced = good.replaceAll("\"" + name + "\":(\"[^\"]*\"|\\d+),?", "");
    String trimmed = replaced.replace(",}", "}");
    return member.isEmpty() ? trimmed : trimmed.replace("}", "," + member + "}");
  }

  /** Good claims and one member more. */
  static String plus(String member) {
    return claims().replace("}", "," + member + "}");
  }

  String good() {
    return rs256(HEADER, claims());
  }

  String rs256(String header, String payload) {
    return rs256(utf8(header), utf8(payload));
  }

  String rs256(byte[] header, byte[] payload) {
    return signed("SHA256withRSA", rsa.getPrivate(), input(header, payload));
  }

  String es256(String header, String payload) {
    return signed(
        "SHA256withECDSAinP1363Format", ec.getPrivate(), input(utf8(header), utf8(payload)));
  }

  static String input(byte[] header, byte[] payload) {
    return Base64Url.encode(header) + "." + Base64Url.encode(payload);
  }

  static String signed(String algorithm, PrivateKey key, String input) {
    return input + "." + Base64Url.encode(signature(algorithm, key, input));
  }

  static byte[] signature(String algorithm, PrivateKey key, String input) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(utf8(input));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public keys of the good issuer: r1 (RSA) and e1 (P-256). */
  String jwks() {
    return "{\"keys\":[" + rsaJwk("r1", rsa) + "," + ecJwk("e1", ec) + "]}";
  }

  static String rsaJwk(String kid, KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
        .formatted(kid, number(key.getModulus(), 256), number(key.getPublicExponent(), 3));
  }

  static String ecJwk(String kid, KeyPair pair) {
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
        .formatted(kid, number(key.getW().getAffineX(), 32), number(key.getW().getAffineY(), 32));
  }

  static String number(BigInteger number, int length) {
    byte[] from = number.toByteArray();
    byte[] to = new byte[length];
    int kept = Math.min(length, from.length);
    System.arraycopy(from, from.length - kept, to, length - kept, kept);
    return Base64Url.encode(to);
  }

  static KeyPair rsaPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair ecPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
