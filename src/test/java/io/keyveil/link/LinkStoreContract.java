package io.keyveil.link;

import static io.keyveil.link.SampleLinks.NOW;
import static io.keyveil.link.SampleLinks.RANDOM;
import static io.keyveil.link.SampleLinks.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Await;
import io.keyveil.file.FileId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every store of links keeps to. */
public abstract class LinkStoreContract {
  private static final LinkSettings SETTINGS = LinkSettings.DEFAULTS;

  protected abstract LinkStore store();

  /** Another one on the same data, as another instance has it. */
  protected abstract LinkStore other();

  private Link kept(OptionalInt most) {
    Link link = SampleLinks.link(most, false);
    Await.get(store().insert(List.of(link)));
    return link;
  }

  private LinkState state(LinkId id) {
    return Await.get(store().show(id, NOW)).orElseThrow();
  }

  private static Future<Entry> enter(LinkStore store, Link link, String client) {
    return store.enter(link.id(), NOW, now -> now.enter(by(client), NOW, SETTINGS, RANDOM));
  }

  @Test
  void givesBackWhatWasInserted() {
    Link plain = SampleLinks.link(OptionalInt.empty(), true);
    Link set =
        new Link(
            LinkId.random(RANDOM),
            LinkToken.random(RANDOM).digest(),
            List.of(
                new LinkedFile(Optional.of("sample.bam"), SampleLinks.FILE),
                new LinkedFile(Optional.of("sample.bam.bai"), FileId.random(RANDOM))),
            NOW,
            NOW.plusSeconds(1),
            OptionalInt.of(3),
            false,
            Optional.empty(),
            "Ünïcode \uD83D\uDE00",
            Optional.empty(),
            Optional.of(NOW.plusMillis(7)));
    Await.get(store().insert(List.of(plain, set)));
    assertThat(Await.get(store().find(plain.tokenDigest(), NOW)))
        .contains(new LinkState(plain, 0, 0, List.of()));
    assertThat(Await.get(store().show(set.id(), NOW)))
        .contains(new LinkState(set, 0, 0, List.of()));
    assertThat(Await.get(store().find("0", NOW))).isEmpty();
  }

  @Test
  void insertsAllOrNone() {
    Link first = SampleLinks.link(OptionalInt.empty(), false);
    Link again = kept(OptionalInt.empty());
    assertThat(Await.failure(store().insert(List.of(first, again)))).isNotNull();
    assertThat(Await.get(store().show(first.id(), NOW))).isEmpty();
  }

  @Test
  void keepsAWindowAndItsCounts() {
    Link link = kept(OptionalInt.of(2));
    Entry.Within within = (Entry.Within) Await.get(enter(store(), link, "a"));
    assertThat(state(link.id()).windows()).containsExactly(within.window());
    assertThat(state(link.id()).opened()).isEqualTo(1);
    give(store(), link, within, 0, 49);
    assertThat(state(link.id()).downloads()).isZero();
    give(other(), link, within, 50, 99);
    assertThat(state(link.id()).downloads()).isEqualTo(1);
    assertThat(state(link.id()).windows().get(0).counted()).isTrue();
    give(store(), link, within, 0, 99);
    assertThat(state(link.id()).downloads()).as("counted once").isEqualTo(1);
  }

  private static void give(LinkStore store, Link link, Entry.Within within, long first, long last) {
    Await.get(
        store.update(
            link.id(),
            within.window().id(),
            now -> LinkState.given(now, first, last, 100, NOW, SETTINGS)));
  }

  @Test
  void forgetsAWindowThatHasEnded() {
    Link link = kept(OptionalInt.of(1));
    assertThat(Await.get(enter(store(), link, "a"))).isInstanceOf(Entry.Within.class);
    LinkState later = Await.get(store().show(link.id(), NOW.plus(SETTINGS.window()))).orElseThrow();
    assertThat(later.windows()).isEmpty();
    assertThat(later.opened()).isEqualTo(1);
  }

  @Test
  void letsOnlyOneOfManyIntoTheLastPlace() {
    for (int round = 0; round < 5; round++) {
      Link link = kept(OptionalInt.of(1));
      List<Future<Entry>> entries = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        entries.add(enter(i % 2 == 0 ? store() : other(), link, "client-" + i));
      }
      List<Entry> all = entries.stream().map(Await::get).toList();
      assertThat(all.stream().filter(Entry.Within.class::isInstance)).hasSize(1);
      assertThat(state(link.id()).opened()).isEqualTo(1);
    }
  }

  @Test
  void closesALinkThatIsGone() {
    Link never = SampleLinks.link(OptionalInt.of(1), false);
    assertThat(Await.get(enter(store(), never, "a")))
        .isEqualTo(new Entry.Closed(Entry.Closed.Reason.REVOKED));
  }

  @Test
  void revokesByEachSelection() {
    Link one = kept(OptionalInt.empty());
    Link other = kept(OptionalInt.empty());
    assertThat(revoke(new LinkSelection.One(one.id()), 0, true)).isEqualTo(1);
    assertThat(state(one.id()).link().revokedAt()).contains(NOW);
    assertThat(state(other.id()).link().revokedAt()).isEmpty();
    assertThat(Await.get(store().cut(Set.of(one.id(), other.id())))).containsExactly(one.id());
    assertThat(revoke(new LinkSelection.MintedBy("portal", Optional.of("https://x/")), 1, false))
        .isZero();
    assertThat(revoke(new LinkSelection.MintedBy("portal", Optional.empty()), 1, false))
        .isGreaterThanOrEqualTo(2);
    assertThat(state(one.id()).link().revokedAt()).as("the first time counts").contains(NOW);
    assertThat(state(other.id()).link().revokedAt()).contains(NOW.plusSeconds(1));
    Link third = kept(OptionalInt.empty());
    assertThat(revoke(new LinkSelection.OfFile(SampleLinks.FILE), 2, false))
        .isGreaterThanOrEqualTo(3);
    assertThat(state(third.id()).link().revokedAt()).isPresent();
    assertThat(revoke(new LinkSelection.One(LinkId.random(RANDOM)), 3, false)).isZero();
  }

  private int revoke(LinkSelection which, int second, boolean cut) {
    return Await.get(store().revoke(which, NOW.plusSeconds(second), cut));
  }

  @Test
  void forgetsWhatEndedLongAgo() {
    Link link = kept(OptionalInt.of(1));
    assertThat(Await.get(enter(store(), link, "a"))).isInstanceOf(Entry.Within.class);
    Await.get(store().forget(link.expiresAt(), NOW));
    assertThat(state(link.id()).windows()).hasSize(1);
    Await.get(store().forget(link.expiresAt().plus(Duration.ofMillis(1)), NOW.plusSeconds(999)));
    assertThat(Await.get(store().show(link.id(), NOW))).isEmpty();
  }

  @Test
  void takesTenThousandAtOnce() {
    List<Link> many =
        Stream.generate(() -> SampleLinks.link(OptionalInt.of(1), false)).limit(10_000).toList();
    Await.get(store().insert(many));
    assertThat(Await.get(store().show(many.get(9_999).id(), NOW))).isPresent();
  }
}
