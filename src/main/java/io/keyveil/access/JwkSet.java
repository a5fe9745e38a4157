package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * The keys of one issuer, which are public and read strictly, or one secret. A published set with
 * anything in it that should not be there is refused whole, because whoever wrote it did not know
 * what they were doing.
 */
final class JwkSet {
  /** The longest accepted document in bytes. */
  static final int MAX_BYTES = 256 * 1024;

  private static final int MAX_KEYS = 64;
  private static final StrictJson JSON = new StrictJson(16, MAX_BYTES);

  private final Set<VerificationKey> keys;
  private final boolean secret;

  private JwkSet(Set<VerificationKey> keys, boolean secret) {
    this.keys = keys;
    this.secret = secret;
  }

  /** A set of one secret, which serves whatever {@code kid} a token names. */
  static JwkSet of(SharedSecret secret, Collection<Algorithm> algorithms) {
    return new JwkSet(
        Set.of(
            new VerificationKey(
                Optional.empty(), JwkMembers.secret(secret), 0, Set.copyOf(algorithms))),
        true);
  }

  /**
   * Reads a JWK set (RFC 7517 section 5) and keeps the keys that can verify by one of the given
   * algorithms.
   *
   * @throws InvalidKeysException when the set is refused
   */
  static JwkSet parse(byte[] document, Collection<Algorithm> algorithms) {
    List<JsonNode> all = entries(document);
    all.forEach(JwkSet::check);
    checkNames(all);
    JwkReader reader = new JwkReader(algorithms);
    Set<VerificationKey> keys = new HashSet<>();
    all.stream().map(reader::read).flatMap(Optional::stream).forEach(keys::add);
    if (keys.isEmpty()) {
      throw new InvalidKeysException("no key in the set can verify by any of " + algorithms);
    }
    return new JwkSet(Set.copyOf(keys), false);
  }

  private static List<JsonNode> entries(byte[] document) {
    if (document.length > MAX_BYTES) {
      throw new InvalidKeysException("the set is larger than " + MAX_BYTES / 1024 + " KiB");
    }
    ObjectNode set =
        JSON.object(document)
            .orElseThrow(
                () -> new InvalidKeysException("not a JSON object, or a name in it twice"));
    if (!set.path("keys").isArray()) {
      throw new InvalidKeysException("no list of keys");
    }
    if (set.path("keys").size() > MAX_KEYS) {
      throw new InvalidKeysException("more than " + MAX_KEYS + " keys");
    }
    return StreamSupport.stream(set.path("keys").spliterator(), false).toList();
  }

  private static void check(JsonNode key) {
    if (!key.isObject() || !key.path("kty").isTextual()) {
      throw new InvalidKeysException("an entry without a kty");
    }
    if (key.path("kty").textValue().equals("oct") || key.has("k")) {
      throw new InvalidKeysException("a symmetric key, which no published set may hold");
    }
    if (key.has("d") || key.has("p") || key.has("q")) {
      throw new InvalidKeysException("a private key, which is no secret any more");
    }
  }

  private static void checkNames(List<JsonNode> keys) {
    Set<String> names = new HashSet<>();
    for (JsonNode key : keys) {
      JsonNode kid = key.path("kid");
      if (!kid.isMissingNode() && !kid.isTextual()) {
        throw new InvalidKeysException("a kid that is not a text");
      }
      if (kid.isTextual() && !names.add(kid.textValue())) {
        throw new InvalidKeysException("two keys with the same kid");
      }
    }
  }

  /** Whether a key has this name. */
  boolean knows(String kid) {
    return secret || keys.stream().anyMatch(key -> key.kid().filter(kid::equals).isPresent());
  }

  boolean contains(VerificationKey key) {
    return keys.contains(key);
  }

  int size() {
    return keys.size();
  }

  /** Checks the signature with the one key that the header means; gives the key. */
  Checked<VerificationKey> verify(TokenHeader header, Jws jws) {
    return find(header).then(key -> signed(key, header, jws));
  }

  private static Checked<VerificationKey> signed(VerificationKey key, TokenHeader header, Jws jws) {
    return key.holds(header.algorithm(), jws)
        ? new Passed<>(key)
        : new Refused<>(Rejection.SIGNATURE);
  }

  private Checked<VerificationKey> find(TokenHeader header) {
    return header
        .kid()
        .filter(kid -> !secret)
        .map(kid -> named(kid, header.algorithm()))
        .orElseGet(() -> only(header.algorithm()));
  }

  private Checked<VerificationKey> named(String kid, Algorithm algorithm) {
    Optional<VerificationKey> named =
        keys.stream().filter(key -> key.kid().filter(kid::equals).isPresent()).findFirst();
    if (named.isEmpty()) {
      return new Refused<>(Rejection.KEY);
    }
    return named
        .filter(key -> key.serves(algorithm))
        .<Checked<VerificationKey>>map(Passed::new)
        .orElseGet(() -> new Refused<>(Rejection.ALGORITHM));
  }

  /** Without a kid there has to be no choice. */
  private Checked<VerificationKey> only(Algorithm algorithm) {
    List<VerificationKey> fitting =
        keys.stream().filter(key -> key.serves(algorithm)).limit(2).toList();
    return fitting.size() == 1 ? new Passed<>(fitting.get(0)) : new Refused<>(Rejection.KEY);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JwkSet that && keys.equals(that.keys);
  }

  @Override
  public int hashCode() {
    return Objects.hash(keys);
  }

  @Override
  public String toString() {
    return "JwkSet" + keys;
  }
}
