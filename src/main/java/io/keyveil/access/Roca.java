package io.keyveil.access;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Recognises RSA moduli of the Infineon library whose factors can be computed (CVE-2017-15361).
 *
 * <p>Its primes are powers of 65537 modulo a product of the small primes, so the modulus is one
 * too, and therefore modulo each small prime. A sound modulus has all these residues by an accident
 * of about one in a hundred million.
 */
final class Roca {
  private static final int GENERATOR = 65_537;

  private static final List<Integer> PRIMES =
      IntStream.rangeClosed(3, 167)
          .filter(n -> BigInteger.valueOf(n).isProbablePrime(50))
          .boxed()
          .toList();

  private Roca() {}

  static boolean marks(BigInteger modulus) {
    return PRIMES.stream()
        .allMatch(
            prime -> powers(prime).contains(modulus.mod(BigInteger.valueOf(prime)).intValue()));
  }

  private static Set<Integer> powers(int prime) {
    Set<Integer> powers = new HashSet<>();
    for (int power = 1; powers.add(power); power = power * (GENERATOR % prime) % prime) {}
    return powers;
  }
}
