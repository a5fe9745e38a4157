package io.keyveil.http;

import io.keyveil.access.Token;
import io.keyveil.delivery.Ask;
import io.keyveil.delivery.Conditions;
import io.keyveil.delivery.DownloadRequest;
import io.keyveil.delivery.Downloads;
import io.keyveil.delivery.EntityTags;
import io.keyveil.delivery.HttpDates;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.RangeRequest;
import io.keyveil.file.FileId;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code GET, HEAD /files/{id}}: turns text into types, asks, and obeys. */
final class DownloadRoute implements Handler<RoutingContext> {
  private final Downloads downloads;
  private final CredentialReader credentials;
  private final ClientAddress addresses;
  private final OutcomeWriter.Tools tools;

  DownloadRoute(
      Downloads downloads,
      CredentialReader credentials,
      ClientAddress addresses,
      OutcomeWriter.Tools tools) {
    this.downloads = downloads;
    this.credentials = credentials;
    this.addresses = addresses;
    this.tools = tools;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    List<Token> tokens = credentials.read(request);
    if (tokens.size() > 1) {
      tools.answers().problem(request, Problem.invalidRequest("Send one credential only."));
      return;
    }
    Interest interest = new Interest();
    context.addEndHandler(left -> interest.lose());
    downloads
        .decide(
            read(
                request,
                tokens,
                interest,
                Optional.ofNullable(context.pathParam("id")).flatMap(FileId::parse)))
        .compose(outcome -> outcome.match(new OutcomeWriter(tools, context)))
        .onFailure(context::fail);
  }

  private DownloadRequest read(
      HttpServerRequest request, List<Token> tokens, Interest interest, Optional<FileId> id) {
    return new DownloadRequest(
        Answers.requestId(request),
        addresses.of(request),
        tokens.stream().findFirst(),
        id,
        new Ask(
            HttpMethod.HEAD.equals(request.method()),
            field(request, "Range").flatMap(RangeRequest::parse),
            conditions(request),
            "redirect".equals(request.getParam("delivery"))),
        interest);
  }

  static Conditions conditions(HttpServerRequest request) {
    return new Conditions(
        tags(request, "If-Match"),
        field(request, "If-Unmodified-Since").flatMap(HttpDates::parse),
        tags(request, "If-None-Match"),
        field(request, "If-Modified-Since").flatMap(HttpDates::parse),
        field(request, "If-Range"));
  }

  /** Empty only if the field is absent; a malformed list matches nothing. Lists may span fields. */
  private static Optional<EntityTags> tags(HttpServerRequest request, String name) {
    List<String> fields = request.headers().getAll(name);
    return fields.isEmpty()
        ? Optional.empty()
        : EntityTags.parse(String.join(",", fields))
            .or(() -> Optional.of(new EntityTags(false, Set.of(), Set.of())));
  }

  private static Optional<String> field(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name));
  }
}
