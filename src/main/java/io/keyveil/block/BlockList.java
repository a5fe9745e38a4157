package io.keyveil.block;

import io.keyveil.access.Subject;
import io.keyveil.file.FileId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The blocks of one moment, looked up by what they are aimed at. */
public final class BlockList {
  /** No block at all. */
  public static final BlockList NONE = new BlockList(List.of());

  private static final BlockTarget EVERYTHING =
      new BlockTarget(BlockKind.EVERYTHING, "", Optional.empty());

  private final Map<BlockTarget, Block> blocks = new HashMap<>();
  private final boolean aimsAtTokens;

  public BlockList(Collection<Block> blocks) {
    // Of two at one target the one that lasts longer counts.
    blocks.forEach(block -> this.blocks.merge(block.target(), block, BlockList::longer));
    this.aimsAtTokens =
        this.blocks.keySet().stream()
            .anyMatch(
                target -> target.kind().belongsToAnIssuer() || target.kind() == BlockKind.ISSUER);
  }

  /** Whether all downloads are switched off. */
  public boolean blocksEverything(Instant now) {
    return !blocks.isEmpty() && holds(EVERYTHING, now);
  }

  /** Whether the subject, its token, its client or its issuer is switched off. */
  public boolean blocks(Subject subject, Instant now) {
    return aimsAtTokens && targets(subject).anyMatch(target -> holds(target, now));
  }

  /** Whether the file is switched off. */
  public boolean blocks(FileId file, Instant now) {
    return !blocks.isEmpty()
        && holds(new BlockTarget(BlockKind.FILE, file.text(), Optional.empty()), now);
  }

  /** Whether the link is switched off. */
  public boolean blocksLink(String link, Instant now) {
    return !blocks.isEmpty() && holds(new BlockTarget(BlockKind.LINK, link, Optional.empty()), now);
  }

  /**
   * Whether a subject is switched off of which no token is at hand.
   *
   * @param issuer whose subject it is
   */
  public boolean blocksSubject(String name, String issuer, Instant now) {
    return aimsAtTokens
        && (holds(new BlockTarget(BlockKind.SUBJECT, name, Optional.empty()), now)
            || holds(new BlockTarget(BlockKind.SUBJECT, name, Optional.of(issuer)), now)
            || holds(new BlockTarget(BlockKind.ISSUER, issuer, Optional.empty()), now));
  }

  /** All of them. */
  public Collection<Block> all() {
    return List.copyOf(blocks.values());
  }

  private static Stream<BlockTarget> targets(Subject subject) {
    Stream<BlockTarget> itsOwn =
        Stream.of(
                Stream.of(new BlockTarget(BlockKind.SUBJECT, subject.name(), Optional.empty())),
                subject.client().stream()
                    .map(client -> new BlockTarget(BlockKind.CLIENT, client, Optional.empty())),
                subject.tokenId().stream()
                    .map(token -> new BlockTarget(BlockKind.TOKEN, token, Optional.empty())),
                Stream.of(
                    new BlockTarget(BlockKind.TOKEN, subject.tokenDigest(), Optional.empty())))
            .flatMap(targets -> targets)
            .flatMap(
                target ->
                    Stream.of(
                        target,
                        new BlockTarget(
                            target.kind(), target.value(), Optional.of(subject.issuer()))));
    return Stream.concat(
        itsOwn, Stream.of(new BlockTarget(BlockKind.ISSUER, subject.issuer(), Optional.empty())));
  }

  private boolean holds(BlockTarget target, Instant now) {
    Block block = blocks.get(target);
    return block != null && block.holds(now);
  }

  private static Block longer(Block one, Block other) {
    if (one.expiresAt().isEmpty() || other.expiresAt().isEmpty()) {
      return one.expiresAt().isEmpty() ? one : other;
    }
    return one.expiresAt().get().isAfter(other.expiresAt().get()) ? one : other;
  }
}
