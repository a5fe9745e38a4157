package io.keyveil.delivery;

import io.keyveil.access.Subject;
import io.keyveil.audit.Actor;
import io.keyveil.block.BlockList;
import io.keyveil.limit.Party;
import io.keyveil.link.Link;
import io.keyveil.link.Minter;
import java.time.Instant;
import java.util.Optional;

/** On what a download is allowed: a verified token, or a link. */
public sealed interface Grant {
  /** Who does it, in the words of the audit log. */
  Optional<Actor> actor();

  /** The ID of the link that it came by, if it did. */
  Optional<String> link();

  /** Whom rates and slots count it for. */
  Party party();

  /** The word for why it is allowed. */
  String reason();

  /** Whether it is switched off. */
  boolean isBlocked(BlockList blocks, Instant now);

  /** By the access rule, for whom the token speaks. */
  record BySubject(Subject subject) implements Grant {
    @Override
    public Optional<Actor> actor() {
      return Optional.of(
          new Actor(
              subject.issuer(),
              subject.name(),
              subject.client(),
              Optional.of(subject.tokenDigest())));
    }

    @Override
    public Optional<String> link() {
      return Optional.empty();
    }

    @Override
    public Party party() {
      return Party.subject(subject);
    }

    @Override
    public String reason() {
      return "rule";
    }

    @Override
    public boolean isBlocked(BlockList blocks, Instant now) {
      return blocks.blocks(subject, now);
    }
  }

  /** By the link alone, whoever holds it. */
  record ByLink(Link its) implements Grant {
    /** On whose behalf, as the backend said; nobody has verified it. */
    @Override
    public Optional<Actor> actor() {
      return its.onBehalfOf()
          .map(who -> new Actor(issuer(), who, Optional.empty(), Optional.empty()));
    }

    @Override
    public Optional<String> link() {
      return Optional.of(its.id().text());
    }

    @Override
    public Party party() {
      return Party.link(its.id().text());
    }

    @Override
    public String reason() {
      return "link";
    }

    /** Also where the backend that made it, or the person it was made for, is switched off. */
    @Override
    public boolean isBlocked(BlockList blocks, Instant now) {
      return blocks.blocksLink(its.id().text(), now)
          || its.onBehalfOf().filter(who -> blocks.blocksSubject(who, issuer(), now)).isPresent()
          || its.minter()
              .filter(who -> blocks.blocksSubject(who.subject(), who.issuer(), now))
              .isPresent();
    }

    private String issuer() {
      return its.minter().map(Minter::issuer).orElse("");
    }
  }
}
