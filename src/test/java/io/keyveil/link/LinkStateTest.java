package io.keyveil.link;

import static io.keyveil.link.SampleLinks.NOW;
import static io.keyveil.link.SampleLinks.RANDOM;
import static io.keyveil.link.SampleLinks.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.link.Entry.Closed;
import io.keyveil.link.Entry.Closed.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may come in by a link. */
final class LinkStateTest {
  private static final LinkSettings SETTINGS = LinkSettings.DEFAULTS;
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final Instant AFTER_WINDOW = NOW.plus(SETTINGS.window());
  private static final Instant AFTER_END = NOW.plus(Duration.ofMinutes(10));

  /** A link whose state is kept as a store would. */
  private static final class Kept {
    private final Link link;
    private final List<Window> windows = new ArrayList<>();
    private int downloads;
    private int opened;

    Kept(OptionalInt most, boolean landing) {
      this.link = SampleLinks.link(most, landing);
    }

    LinkState state(Instant now) {
      return new LinkState(
          link, downloads, opened, windows.stream().filter(one -> one.isOpen(now)).toList());
    }

    Entry enter(Visit visit, Instant now) {
      Entry entry = state(now).enter(visit, now, SETTINGS, RANDOM);
      if (entry instanceof Entry.Within within) {
        opened += within.cookie().isPresent() ? 1 : 0;
        keep(within.window());
      }
      return entry;
    }

    Window window(Visit visit, Instant now) {
      return ((Entry.Within) enter(visit, now)).window();
    }

    void keep(Window window) {
      Optional<Window> before =
          windows.stream().filter(one -> one.id().equals(window.id())).findFirst();
      downloads += window.counted() && !before.map(Window::counted).orElse(false) ? 1 : 0;
      windows.removeIf(one -> one.id().equals(window.id()));
      windows.add(window);
    }
  }

  private static Entry closed(Reason reason) {
    return new Closed(reason);
  }

  @Test
  void letsAnyNumberThroughUntilItEnds() {
    Kept kept = new Kept(OptionalInt.empty(), false);
    assertThat(kept.enter(by("a"), NOW)).isEqualTo(new Entry.Free());
    assertThat(kept.enter(by("b"), AFTER_END.minusMillis(1))).isEqualTo(new Entry.Free());
    assertThat(kept.enter(by("b"), AFTER_END)).isEqualTo(closed(Reason.EXPIRED));
  }

  @Test
  void letsOneClientGoOnAndNobodyElseIn() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Window first = kept.window(by("a"), NOW);
    assertThat(kept.window(by("a"), LATER).id()).isEqualTo(first.id());
    assertThat(kept.enter(by("b"), LATER)).isEqualTo(closed(Reason.IN_USE));
    assertThat(kept.state(LATER).objection(by("b"), LATER, SETTINGS)).contains(Reason.IN_USE);
    assertThat(kept.state(LATER).objection(by("a"), LATER, SETTINGS)).isEmpty();
  }

  @Test
  void givesThePlaceBackWhenNothingWasCompleted() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Window first = kept.window(by("a"), NOW);
    kept.keep(LinkState.given(first, 0, 98, 100, NOW, SETTINGS));
    assertThat(kept.enter(by("b"), AFTER_WINDOW.minusMillis(1))).isEqualTo(closed(Reason.IN_USE));
    assertThat(kept.enter(by("b"), AFTER_WINDOW)).isInstanceOf(Entry.Within.class);
    assertThat(kept.downloads).isZero();
  }

  @Test
  void isUsedUpWhenEveryByteWasGiven() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Window window = kept.window(by("a"), NOW);
    window = LinkState.given(window, 50, 99, 100, NOW, SETTINGS);
    assertThat(window.counted()).isFalse();
    kept.keep(LinkState.given(window, 0, 49, 100, NOW, SETTINGS));
    assertThat(kept.downloads).isEqualTo(1);
    assertThat(kept.enter(by("b"), LATER)).isEqualTo(closed(Reason.USED_UP));
    // The same client, whole: more likely another person behind the same address.
    assertThat(kept.enter(by("a"), LATER)).isEqualTo(closed(Reason.USED_UP));
    // A part, as a resume or a viewer asks for.
    Visit part = new Visit(Set.of(), "a", false, true, false);
    assertThat(kept.enter(part, LATER)).isInstanceOf(Entry.Within.class);
    assertThat(kept.enter(part, AFTER_WINDOW)).isEqualTo(closed(Reason.USED_UP));
  }

  @Test
  void knowsACookieBeforeAnAddress() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Visit browser = new Visit(Set.of(), "a", true, false, false);
    Entry.Within opened = (Entry.Within) kept.enter(browser, NOW);
    String digest = opened.cookie().orElseThrow().digest();
    assertThat(opened.window().cookieDigest()).isEqualTo(digest);
    // A browser will send the cookie, so an equal address is somebody else.
    assertThat(kept.enter(by("a"), LATER)).isEqualTo(closed(Reason.IN_USE));
    Visit roaming = new Visit(Set.of(digest), "elsewhere", true, false, false);
    assertThat(kept.window(roaming, LATER).id()).isEqualTo(opened.window().id());
    kept.keep(LinkState.given(opened.window(), 0, 99, 100, LATER, SETTINGS));
    assertThat(kept.enter(roaming, LATER)).isInstanceOf(Entry.Within.class);
  }

  @Test
  void holdsAClientThatShowsItsCookieToIt() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Entry.Within opened = (Entry.Within) kept.enter(by("a"), NOW);
    assertThat(opened.window().cookieOnly()).isFalse();
    Visit shown =
        new Visit(Set.of(opened.cookie().orElseThrow().digest()), "a", false, false, false);
    assertThat(kept.window(shown, NOW).cookieOnly()).isTrue();
    assertThat(kept.enter(by("a"), LATER)).isEqualTo(closed(Reason.IN_USE));
  }

  @Test
  void opensByItsButtonAlone() {
    Kept kept = new Kept(OptionalInt.of(1), true);
    assertThat(kept.enter(by("a"), NOW)).isEqualTo(closed(Reason.NOT_PRESSED));
    assertThat(kept.opened).isZero();
    Visit press = new Visit(Set.of(), "a", false, false, true);
    assertThat(kept.enter(press, NOW)).isInstanceOf(Entry.Within.class);
    assertThat(kept.enter(by("a"), LATER)).isInstanceOf(Entry.Within.class);
    assertThat(kept.enter(new Visit(Set.of(), "b", false, false, true), LATER))
        .isEqualTo(closed(Reason.IN_USE));
  }

  @Test
  void endsForWhoeverBeginsAndNeverFinishes() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    for (int i = 0; i < SETTINGS.attempts(); i++) {
      kept.windows.clear();
      assertThat(kept.enter(by("c" + i), NOW)).isInstanceOf(Entry.Within.class);
    }
    kept.windows.clear();
    assertThat(kept.enter(by("x"), NOW)).isEqualTo(closed(Reason.USED_UP));
  }

  @Test
  void lastsBeyondItsEndForWhoHasBegun() {
    Kept kept = new Kept(OptionalInt.of(2), false);
    Instant late = AFTER_END.minusSeconds(1);
    Window window = kept.window(by("a"), late);
    assertThat(kept.window(by("a"), AFTER_END).id()).isEqualTo(window.id());
    assertThat(kept.enter(by("b"), AFTER_END)).isEqualTo(closed(Reason.EXPIRED));
  }

  @Test
  void staysOpenWhileItRunsButNotForEver() {
    Kept kept = new Kept(OptionalInt.of(1), false);
    Window window = kept.window(by("a"), NOW);
    Instant now = NOW;
    for (int i = 0; i < 1000; i++) {
      now = now.plusSeconds(240);
      window = LinkState.running(window, now, SETTINGS);
    }
    assertThat(window.endsAt()).isEqualTo(NOW.plus(Duration.ofHours(24)));
    Window counted = window.withCount();
    assertThat(LinkState.running(counted, now.plusSeconds(999), SETTINGS)).isEqualTo(counted);
  }

  @Test
  void isShutForAllByARevocation() {
    Link good = SampleLinks.link(OptionalInt.empty(), false);
    Link revoked =
        new Link(
            good.id(),
            good.tokenDigest(),
            good.files(),
            good.createdAt(),
            good.expiresAt(),
            good.maxDownloads(),
            false,
            good.onBehalfOf(),
            good.label(),
            good.minter(),
            Optional.of(NOW));
    LinkState state = new LinkState(revoked, 0, 0, List.of());
    assertThat(state.enter(by("a"), NOW, SETTINGS, RANDOM)).isEqualTo(closed(Reason.REVOKED));
    assertThat(state.objection(by("a"), NOW, SETTINGS)).contains(Reason.REVOKED);
  }
}
