package io.keyveil.link;

import io.keyveil.file.FieldProblem;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.FileStore;
import io.keyveil.link.Entry.Closed.Reason;
import io.keyveil.link.Minting.Minted;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mints, shows and revokes links, and keeps count of what is done with them. */
public final class Links {
  /** How many files are looked up at once. */
  private static final int AT_ONCE = 64;

  private final LinkStore store;
  private final FileStore files;
  private final LinkSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;

  public Links(
      LinkStore store,
      FileStore files,
      LinkSettings settings,
      InstantSource clock,
      SecureRandom random) {
    this.store = store;
    this.files = files;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Mints a link for each wish.
   *
   * @param minter who asks; empty for the command line
   */
  public Future<Minting> mint(List<LinkWish> wishes, Optional<Minter> minter) {
    List<FileId> wanted =
        wishes.stream().flatMap(wish -> wish.files().stream()).map(LinkedFile::id).toList();
    return missing(wanted, 0, new HashSet<>())
        .compose(
            missing ->
                missing.isEmpty()
                    ? keep(wishes, minter)
                    : Future.succeededFuture(refused(wishes, missing)));
  }

  public Future<Optional<LinkState>> show(LinkId id) {
    return store.show(id, now());
  }

  /**
   * Revokes links for good; effective with the next request on every instance.
   *
   * @param cut whether downloads that run by them are to end
   * @return how many links there are, those revoked before included
   */
  public Future<Integer> revoke(LinkSelection which, boolean cut) {
    return store.revoke(which, now(), cut);
  }

  /** The link that a token opens. */
  public Future<Optional<LinkState>> find(LinkToken token) {
    return store.find(token.digest(), now());
  }

  /** Why somebody who wants no bytes is told no; empty if the link is good. */
  public Optional<Reason> objection(LinkState state, Visit visit) {
    return state.objection(visit, now(), settings);
  }

  /**
   * Lets somebody in who wants bytes.
   *
   * @param counts whether that alone is a download, as a redirect is
   */
  public Future<Entry> enter(LinkState state, Visit visit, boolean counts) {
    Instant now = now();
    Entry first = counted(state.enter(visit, now, settings, random), counts);
    // What changes nothing, as a range in a window that is open, needs no word of the store.
    return first instanceof Entry.Within within && !state.windows().contains(within.window())
        ? store.enter(
            state.link().id(),
            now,
            current -> counted(current.enter(visit, now, settings, random), counts))
        : Future.succeededFuture(first);
  }

  /** Some bytes of the main file are about to be given in a window. */
  public Future<Void> given(LinkId link, WindowId window, long first, long last, long size) {
    return store.update(
        link, window, now -> LinkState.given(now, first, last, size, now(), settings));
  }

  /** The download of a window still runs. */
  Future<Void> runs(LinkId link, WindowId window) {
    return store.update(link, window, now -> LinkState.running(now, now(), settings));
  }

  /** Those among these links that were revoked so that what runs has to end. */
  public Future<Set<LinkId>> cut(Set<LinkId> running) {
    return running.isEmpty() ? Future.succeededFuture(Set.of()) : store.cut(running);
  }

  /** Forgets what ended long ago. */
  public Future<Void> forget() {
    return store.forget(now().minus(settings.keep()), now().minus(ChronoUnit.DAYS.getDuration()));
  }

  private static Entry counted(Entry entry, boolean counts) {
    return entry instanceof Entry.Within within && counts
        ? new Entry.Within(within.window().withCount(), within.cookie())
        : entry;
  }

  private Future<Minting> keep(List<LinkWish> wishes, Optional<Minter> minter) {
    List<Minted> minted = new ArrayList<>(wishes.size());
    Instant now = now();
    for (LinkWish wish : wishes) {
      LinkToken token = LinkToken.random(random);
      minted.add(new Minted(link(wish, token, minter, now), token));
    }
    return store
        .insert(minted.stream().map(Minted::link).toList())
        .map(kept -> new Minting.Done(minted));
  }

  private Link link(LinkWish wish, LinkToken token, Optional<Minter> minter, Instant now) {
    return new Link(
        LinkId.random(random),
        token.digest(),
        wish.files(),
        now,
        now.plus(wish.life()),
        wish.maxDownloads(),
        wish.landing(),
        wish.onBehalfOf(),
        wish.label(),
        minter,
        Optional.empty());
  }

  /** Those of the files that are not given out, looked up a few at a time. */
  private Future<Set<FileId>> missing(List<FileId> wanted, int from, Set<FileId> found) {
    if (from >= wanted.size()) {
      return Future.succeededFuture(found);
    }
    List<FileId> some = wanted.subList(from, Math.min(wanted.size(), from + AT_ONCE));
    List<Future<Optional<FileRecord>>> records = some.stream().map(files::find).toList();
    return Future.all(records)
        .compose(
            all -> {
              for (int i = 0; i < some.size(); i++) {
                if (records.get(i).result().filter(this::isGivenOut).isEmpty()) {
                  found.add(some.get(i));
                }
              }
              return missing(wanted, from + some.size(), found);
            });
  }

  private boolean isGivenOut(FileRecord file) {
    return file.state() == FileState.ACTIVE && !file.expired(now());
  }

  private static Minting refused(List<LinkWish> wishes, Set<FileId> missing) {
    List<FieldProblem> problems = new ArrayList<>();
    for (int i = 0; i < wishes.size() && problems.size() < 100; i++) {
      if (wishes.get(i).files().stream().map(LinkedFile::id).anyMatch(missing::contains)) {
        String field = wishes.size() == 1 ? "file" : "[" + i + "]";
        problems.add(new FieldProblem(field, "no such file", "files that are given out"));
      }
    }
    return new Minting.Refused(problems);
  }

  /** In milliseconds, as the store keeps times. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
