package io.keyveil.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Subject;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.file.FileId;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkJson;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkSelection;
import io.keyveil.link.LinkUrls;
import io.keyveil.link.LinkWish;
import io.keyveil.link.Links;
import io.keyveil.link.Minter;
import io.keyveil.link.Minting;
import io.keyveil.link.Minting.Minted;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Links for backends: mint one, mint many, show, revoke. A link's URL is in the answer that minted
 * it and nowhere else.
 */
final class LinksApi {
  private static final String PATH = "/api/v1/links/";
  private static final int LONGEST_NAME = 256;

  private final Links links;
  private final LinkReader wishes;
  private final LinkUrls urls;
  private final ManagementLog log;
  private final Answers answers;

  LinksApi(Links links, LinkReader wishes, LinkUrls urls, ManagementLog log, Answers answers) {
    this.links = links;
    this.wishes = wishes;
    this.urls = urls;
    this.log = log;
    this.answers = answers;
  }

  /** {@code POST /api/v1/files/{id}/links}. */
  Future<Void> mint(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return withFile(
        context,
        file ->
            JsonBody.read(
                context,
                answers,
                json ->
                    wishes
                        .read(json, file)
                        .match(
                            wish ->
                                mint(
                                    request,
                                    subject,
                                    Optional.of(file),
                                    List.of(wish),
                                    minted -> one(request, minted.get(0))),
                            problems -> answers.told(request, Problem.unread(problems)))));
  }

  /** {@code POST /api/v1/links}. */
  Future<Void> mintBatch(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return JsonBody.read(
        context,
        answers,
        json ->
            wishes
                .readBatch(json)
                .match(
                    batch ->
                        mint(
                            request,
                            subject,
                            Optional.empty(),
                            batch,
                            minted -> many(request, minted)),
                    problems -> answers.told(request, Problem.unread(problems))));
  }

  /** {@code GET /api/v1/links/{linkId}}. */
  Future<Void> show(RoutingContext context, Subject subject) {
    return withLink(
        context,
        id ->
            links
                .show(id)
                .map(
                    found -> {
                      found.ifPresentOrElse(
                          state -> answers.json(context.request(), 200, LinkJson.write(state)),
                          () -> {
                            log.refused(context.request(), subject, "link-unknown", 404);
                            answers.problem(context.request(), Problem.NOT_FOUND);
                          });
                      return null;
                    }));
  }

  /** {@code DELETE /api/v1/links/{linkId}}. */
  Future<Void> revoke(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return withLink(
        context,
        id ->
            log.around(
                    request,
                    subject,
                    "revoke-link",
                    Optional.empty(),
                    Optional.of(id.text()),
                    () -> links.revoke(new LinkSelection.One(id), cuts(request)))
                .map(count -> revokedOne(request, count)));
  }

  /** {@code DELETE /api/v1/files/{id}/links}. */
  Future<Void> revokeOfFile(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return withFile(
        context,
        file ->
            log.around(
                    request,
                    subject,
                    "revoke-links",
                    Optional.of(file),
                    () -> links.revoke(new LinkSelection.OfFile(file), cuts(request)))
                .map(count -> revoked(request, count)));
  }

  /** {@code DELETE /api/v1/links?mintedBy=SUBJECT}. */
  Future<Void> revokeMintedBy(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    Optional<String> minter = parameter(request, "mintedBy");
    Optional<String> issuer = parameter(request, "issuer");
    if (minter.isEmpty()) {
      return answers.told(
          request,
          Problem.invalidFields(
              400, List.of("mintedBy: missing (expected: the subject whose links to revoke)")));
    }
    Target target = new Target(Optional.empty(), "minter", minter.get(), issuer);
    return log.around(
            request,
            subject,
            "revoke-links",
            target,
            () -> links.revoke(new LinkSelection.MintedBy(minter.get(), issuer), cuts(request)))
        .map(count -> revoked(request, count));
  }

  /** Each link is on record before anybody has its URL. */
  private Future<Void> mint(
      HttpServerRequest request,
      Subject subject,
      Optional<FileId> file,
      List<LinkWish> batch,
      Consumer<List<Minted>> tell) {
    return log.around(
            request,
            subject,
            "mint-link",
            file,
            () ->
                links
                    .mint(batch, Optional.of(new Minter(subject.issuer(), subject.name())))
                    .compose(minting -> recorded(request, subject, minting)))
        .map(
            minting ->
                minting.match(
                    minted -> {
                      tell.accept(minted);
                      return null;
                    },
                    problems -> {
                      answers.problem(request, Problem.unfit(problems));
                      return null;
                    }));
  }

  private Future<Minting> recorded(HttpServerRequest request, Subject subject, Minting minting) {
    return minting.match(
        minted ->
            log.minted(request, subject, minted.stream().map(Minted::link).toList()).map(minting),
        problems -> Future.succeededFuture(minting));
  }

  private void one(HttpServerRequest request, Minted minted) {
    answers.location(request, PATH + minted.link().id());
    answers.json(request, 201, LinkJson.write(minted.link(), urls.of(minted)));
  }

  private void many(HttpServerRequest request, List<Minted> minted) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    var list = body.putArray("links");
    minted.forEach(one -> list.add(LinkJson.write(one.link(), urls.of(one))));
    answers.json(request, 201, body);
  }

  private Void revokedOne(HttpServerRequest request, int count) {
    if (count == 0) {
      answers.problem(request, Problem.NOT_FOUND);
    } else {
      var unused = request.response().setStatusCode(204).end();
    }
    return null;
  }

  private Void revoked(HttpServerRequest request, int count) {
    answers.json(request, 200, JsonNodeFactory.instance.objectNode().put("revoked", count));
    return null;
  }

  /** Whether what runs by the links is to end as well. */
  private static boolean cuts(HttpServerRequest request) {
    return "cut".equals(request.getParam("running"));
  }

  private static Optional<String> parameter(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getParam(name))
        .filter(
            text ->
                !text.isEmpty()
                    && text.length() <= LONGEST_NAME
                    && text.codePoints().noneMatch(Character::isISOControl));
  }

  private Future<Void> withFile(RoutingContext context, Function<FileId, Future<Void>> then) {
    return PathId.read(context, answers, "id", FileId::parse, then);
  }

  private Future<Void> withLink(RoutingContext context, Function<LinkId, Future<Void>> then) {
    return PathId.read(context, answers, "linkId", LinkId::parse, then);
  }
}
