package io.keyveil.app;

import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.file.FileId;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkSelection;
import io.keyveil.link.LinkWish;
import io.keyveil.link.Links;
import io.keyveil.link.Minting;
import io.keyveil.link.Minting.Minted;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Links as the command line makes and ends them: each is on record before anybody has its URL. */
final class OperatorLinks {
  private final Links links;
  private final OperatorLog log;

  OperatorLinks(Links links, OperatorLog log) {
    this.links = links;
    this.log = log;
  }

  /** Mints all of them, or says that a file is not there. Blocks. */
  List<Minted> mint(List<LinkWish> wishes) {
    Optional<FileId> file =
        wishes.size() == 1 ? Optional.of(wishes.get(0).files().get(0).id()) : Optional.empty();
    return log.around(
            new OperatorLog.Act("mint-link", file, Optional.empty()),
            () -> links.mint(wishes, Optional.empty()).compose(this::recorded),
            done -> Optional.empty())
        .await()
        .match(
            minted -> minted,
            problems -> {
              throw LinkTerms.refused(problems);
            });
  }

  /** Revokes them, and tells how many there are. Blocks. */
  int revoke(LinkSelection which, boolean cut) {
    return log.around(
            which.match(new Revocation()),
            () -> links.revoke(which, cut),
            count -> Optional.empty())
        .await();
  }

  private Future<Minting> recorded(Minting minting) {
    return minting.match(
        minted ->
            log.note(
                    minted.stream()
                        .map(
                            one ->
                                new OperatorLog.Act(
                                    "mint-link",
                                    Optional.of(one.link().main().id()),
                                    Optional.of(new Target("link", one.link().id().text()))))
                        .toList(),
                    "minted")
                .map(minting),
        problems -> Future.succeededFuture(minting));
  }

  /** What is recorded of a revocation. */
  private static final class Revocation implements LinkSelection.Cases<OperatorLog.Act> {
    @Override
    public OperatorLog.Act one(LinkId id) {
      return new OperatorLog.Act(
          "revoke-link", Optional.empty(), Optional.of(new Target("link", id.text())));
    }

    @Override
    public OperatorLog.Act ofFile(FileId file) {
      return OperatorLog.Act.on("revoke-links", file);
    }

    @Override
    public OperatorLog.Act mintedBy(String subject, Optional<String> issuer) {
      return new OperatorLog.Act(
          "revoke-links",
          Optional.empty(),
          Optional.of(new Target(Optional.empty(), "minter", subject, issuer)));
    }
  }
}
