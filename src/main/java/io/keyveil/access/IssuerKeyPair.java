package io.keyveil.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;

/** An RSA key pair of an issuer of one's own; the private half never prints by accident. */
public final class IssuerKeyPair {
  private static final int BITS = 2048;

  private final String privatePem;
  private final JwkMembers members;

  private IssuerKeyPair(String privatePem, JwkMembers members) {
    this.privatePem = privatePem;
    this.members = members;
  }

  /** Makes a new pair of 2048 bits. */
  public static IssuerKeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      KeyPair pair = generator.generateKeyPair();
      RSAPublicKey shown = (RSAPublicKey) pair.getPublic();
      return new IssuerKeyPair(
          Pem.write(pair.getPrivate()),
          JwkMembers.rsa(shown.getModulus(), shown.getPublicExponent()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  /** The private key as PKCS#8 PEM: a secret. */
  public String privatePem() {
    return privatePem;
  }

  /** The public key's name: its RFC 7638 thumbprint. */
  public String kid() {
    return members.thumbprint();
  }

  /** The public key alone as a JWK set. */
  public ObjectNode jwkSet() {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    ObjectNode key = set.putArray("keys").addObject();
    members.members().forEach(key::put);
    key.put("kid", kid()).put("use", "sig").put("alg", Algorithm.RS256.name());
    return set;
  }

  @Override
  public String toString() {
    return "IssuerKeyPair[" + kid() + "]";
  }
}
