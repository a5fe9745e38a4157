package io.keyveil.access;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The keys of one issuer, as they are now. */
interface IssuerKeys {
  /** The keys that are good now, if there are any. */
  Optional<JwkSet> current();

  /**
   * The keys, after an attempt to have them anew where that may bring the wanted one.
   *
   * @return the keys, with the wanted one or without; fails with {@link KeysUnavailableException}
   *     when there are none
   */
  Future<JwkSet> having(Optional<String> kid);

  /** Why there are no keys; nothing when there are. */
  Optional<String> unready();

  /** Has them anew, or joins those who are about to. Never fails. */
  Future<Void> attempt();

  /** Looks whether there is a reason to have them anew. Called every few seconds; never fails. */
  Future<Void> tick();

  /** Tells somebody when the keys are others than before: the issuer, and how many. */
  default void onNews(BiConsumer<String, Integer> reader) {}

  /** Ends for good: no key is good any more. */
  void close();

  /** A secret in place of keys, which stays what it is as long as the process runs. */
  record Shared(JwkSet secret) implements IssuerKeys {
    @Override
    public Optional<JwkSet> current() {
      return Optional.of(secret);
    }

    @Override
    public Future<JwkSet> having(Optional<String> kid) {
      return Future.succeededFuture(secret);
    }

    @Override
    public Optional<String> unready() {
      return Optional.empty();
    }

    @Override
    public Future<Void> attempt() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> tick() {
      return Future.succeededFuture();
    }

    @Override
    public void close() {
      // There is nothing to let go of.
    }
  }
}
