package io.keyveil.demo.portal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is at which browser. A browser has a session before anybody signs in, for its forms. */
final class Sessions {
  private static final int BYTES = 18;
  private static final Duration IDLE = Duration.ofMinutes(30);

  private final Cache<String, Session> known =
      Caffeine.newBuilder().maximumSize(1000).expireAfterAccess(IDLE).build();

  private final SecureRandom random;

  Sessions(SecureRandom random) {
    this.random = random;
  }

  /**
   * One browser's.
   *
   * @param id what its cookie says
   * @param csrf what its forms have to say
   * @param shared the link that was just made, to be shown once
   */
  record Session(String id, String csrf, Optional<Person> person, Optional<String> shared) {
    @Override
    public String toString() {
      return "Session[***]";
    }
  }

  Optional<Session> find(@Nullable String id) {
    return id == null ? Optional.empty() : Optional.ofNullable(known.getIfPresent(id));
  }

  /** A fresh one, whose ID nobody can have known before. */
  Session begin(Optional<Person> person) {
    Session session = new Session(secret(), secret(), person, Optional.empty());
    known.put(session.id(), session);
    return session;
  }

  void end(Session session) {
    known.invalidate(session.id());
  }

  /** Keeps a link until it is shown. */
  void share(Session session, String link) {
    known.put(
        session.id(),
        new Session(session.id(), session.csrf(), session.person(), Optional.of(link)));
  }

  /** The link that was just made, which is then forgotten. */
  Optional<String> takeShared(Session session) {
    known.put(
        session.id(),
        new Session(session.id(), session.csrf(), session.person(), Optional.empty()));
    return session.shared();
  }

  private String secret() {
    byte[] bits = new byte[BYTES];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }
}
