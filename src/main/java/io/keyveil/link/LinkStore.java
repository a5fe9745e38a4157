package io.keyveil.link;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Where links are kept. Every future fails with {@link io.keyveil.file.StoreUnavailableException}
 * when the store gives no answer.
 */
public interface LinkStore {
  /** Keeps new links, all of them or none. */
  Future<Void> insert(List<Link> links);

  /** The link whose token has this digest, with the windows that are open at that time. */
  Future<Optional<LinkState>> find(String tokenDigest, Instant now);

  /** The link of this ID, likewise. */
  Future<Optional<LinkState>> show(LinkId id, Instant now);

  /**
   * Lets a visitor in, or not, while nobody else changes the link: what is decided is kept.
   *
   * @param now which windows are open
   * @param decision what becomes of the visitor in the link's present state
   * @return the decision; {@link Entry.Closed} with REVOKED if the link is no longer there
   */
  Future<Entry> enter(LinkId link, Instant now, Function<LinkState, Entry> decision);

  /** Changes a window, if it is still there, while nobody else changes the link. */
  Future<Void> update(LinkId link, WindowId window, UnaryOperator<Window> change);

  /**
   * Revokes links for good.
   *
   * @param cut whether downloads that run by them are to end
   * @return how many there are, those revoked before included
   */
  Future<Integer> revoke(LinkSelection which, Instant now, boolean cut);

  /** Those among these links that were revoked so that what runs has to end. */
  Future<Set<LinkId>> cut(Collection<LinkId> running);

  /** Forgets links that ended before this time, and windows that did. */
  Future<Void> forget(Instant linksBefore, Instant windowsBefore);
}
