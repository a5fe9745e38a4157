package io.keyveil.access;

import io.keyveil.access.TokenGate.Candidate;
import io.keyveil.access.Verification.Rejected;
import io.keyveil.access.Verification.Verified;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies JWTs of the configured issuers.
 *
 * <p>A token passes the gate (form and header), then the signature check with the one key of its
 * issuer that its header means, then the strict reading of its claims. What passed all three is
 * remembered by the SHA-256 of its text until it expires or its key leaves the issuer's set.
 */
public final class JwtVerifier implements TokenVerifier {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(JwtVerifier.class);

  private final Vertx vertx;
  private final HttpClient client;
  private final TokenGate gate;
  private final TokenClaims claims;
  private final VerifiedTokens verified;
  private final Map<String, IssuerKeys> keys;
  private volatile long timer = -1;

  private JwtVerifier(Vertx vertx, TokenSettings settings, InstantSource clock) {
    this.vertx = vertx;
    this.client = vertx.createHttpClient(new HttpClientOptions().setDecompressionSupported(false));
    this.gate = new TokenGate(settings);
    this.claims = new TokenClaims(clock);
    this.verified = new VerifiedTokens(settings.cacheSize(), clock);
    this.keys =
        settings.issuers().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    IssuerSettings::issuer, issuer -> keys(issuer, settings, clock)));
  }

  /** A verifier that has read no keys yet. */
  public static JwtVerifier create(Vertx vertx, TokenSettings settings, InstantSource clock) {
    return new JwtVerifier(vertx, settings, clock);
  }

  private IssuerKeys keys(IssuerSettings issuer, TokenSettings settings, InstantSource clock) {
    return issuer
        .secret()
        .<IssuerKeys>map(secret -> new IssuerKeys.Shared(JwkSet.of(secret, issuer.algorithms())))
        .orElseGet(
            () ->
                new PublishedKeys(
                    issuer, source(issuer), settings.keysRefresh(), settings.keysMaxAge(), clock));
  }

  private KeySource source(IssuerSettings issuer) {
    if (issuer.keysInFile()) {
      return new FileKeySource(vertx.fileSystem(), issuer.keysFile());
    }
    return issuer.keysDiscovered()
        ? new DiscoveredKeySource(client, issuer)
        : new HttpKeySource(client, issuer.jwks());
  }

  /**
   * Reads the keys of all issuers once and goes on refreshing them.
   *
   * @return ends after the first attempt at each issuer; never fails, see {@link #unready}
   */
  public Future<Void> start() {
    timer = vertx.setPeriodic(TICK.toMillis(), tick -> tickAll().onFailure(JwtVerifier::report));
    return Future.join(keys.values().stream().map(IssuerKeys::attempt).toList()).mapEmpty();
  }

  /** Tells somebody when an issuer's keys are others than before: the issuer, and how many. */
  public void onKeys(BiConsumer<String, Integer> reader) {
    keys.values().forEach(its -> its.onNews(reader));
  }

  /** The issuers of which there are no keys, with the reason of each. */
  public Map<String, String> unready() {
    Map<String, String> reasons = new TreeMap<>();
    keys.forEach((issuer, its) -> its.unready().ifPresent(why -> reasons.put(issuer, why)));
    return reasons;
  }

  /** How often a token was known already. */
  public long remembered() {
    return verified.hits();
  }

  /** How often a token was not known, or no longer good. */
  public long unknown() {
    return verified.misses();
  }

  /** Stops for good: from then on no token is verified, not even one that was before. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    keys.values().forEach(IssuerKeys::close);
    return client.close();
  }

  @Override
  public Future<Verification> verify(Token token) {
    return verified
        .find(token, this::isKeyGood)
        .<Future<Verification>>map(subject -> Future.succeededFuture(new Verified(subject)))
        .orElseGet(() -> gate.open(token).match(this::withKeys, JwtVerifier::rejected));
  }

  /** What the timer does, for tests that move the clock instead. */
  Future<Void> tickAll() {
    return Future.join(keys.values().stream().map(IssuerKeys::tick).toList()).mapEmpty();
  }

  private Future<Verification> withKeys(Candidate candidate) {
    return keysOf(candidate.issuer().issuer())
        .having(candidate.header().kid())
        .map(set -> judged(candidate, set));
  }

  private Verification judged(Candidate candidate, JwkSet set) {
    return set.verify(candidate.header(), candidate.jws())
        .then(key -> claims.read(candidate).then(subject -> remembered(candidate, key, subject)))
        .match(Verified::new, Rejected::new);
  }

  private Checked<Subject> remembered(Candidate candidate, VerificationKey key, Subject subject) {
    Instant until = subject.expiresAt().plus(candidate.issuer().leeway());
    verified.remember(candidate.token(), subject, key, until);
    return new Checked.Passed<>(subject);
  }

  private boolean isKeyGood(VerifiedTokens.Entry entry) {
    return keysOf(entry.subject().issuer())
        .current()
        .filter(set -> set.contains(entry.key()))
        .isPresent();
  }

  private IssuerKeys keysOf(String issuer) {
    return Optional.ofNullable(keys.get(issuer)).orElseThrow();
  }

  private static Future<Verification> rejected(Rejection reason) {
    return Future.succeededFuture(new Rejected(reason));
  }

  /** Ticks do not fail; should one, the next may fare better. */
  private static void report(Throwable failure) {
    log.atError().setCause(failure).log("issuer keys not looked after");
  }
}
