package io.keyveil.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Await;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store of blocks keeps to. */
public abstract class BlockStoreContract {
  protected static final Instant NOW = Instant.parse("2027-01-31T12:00:00.123Z");
  private static final SecureRandom RANDOM = new SecureRandom();

  protected abstract BlockStore store();

  public static Block block(String subject, Instant since, Optional<Instant> until) {
    return new Block(
        BlockId.random(RANDOM),
        new BlockTarget(BlockKind.SUBJECT, subject, Optional.of("https://idp/")),
        "a reason",
        since,
        until);
  }

  @Test
  void givesBackWhatWasAdded() {
    Block first = block("Ünïcode \uD83D\uDE00", NOW, Optional.empty());
    Block second = block("b", NOW.plusMillis(1), Optional.of(NOW.plusSeconds(60)));
    Block everything =
        new Block(
            BlockId.random(RANDOM),
            new BlockTarget(BlockKind.EVERYTHING, "", Optional.empty()),
            "",
            NOW.plusMillis(2),
            Optional.empty());
    assertThat(Await.get(store().add(second))).isTrue();
    assertThat(Await.get(store().add(first))).isTrue();
    assertThat(Await.get(store().add(everything))).isTrue();
    assertThat(Await.get(store().list())).containsExactly(first, second, everything);
  }

  @Test
  void liftsOnce() {
    Block block = block("a", NOW, Optional.empty());
    assertThat(Await.get(store().add(block))).isTrue();
    assertThat(Await.get(store().lift(block.id()))).isTrue();
    assertThat(Await.get(store().lift(block.id()))).isFalse();
    assertThat(Await.get(store().list())).isEmpty();
  }

  @Test
  void dropsWhatHasEndedWhenOneIsAdded() {
    Block ended = block("a", NOW, Optional.of(NOW.plusSeconds(1)));
    Block later = block("b", NOW.plusSeconds(1), Optional.empty());
    assertThat(Await.get(store().add(ended))).isTrue();
    assertThat(Await.get(store().add(later))).isTrue();
    assertThat(Await.get(store().list())).containsExactly(later);
  }
}
