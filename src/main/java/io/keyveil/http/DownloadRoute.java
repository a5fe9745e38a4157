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
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code GET, HEAD /files/{id}}: turns text into types, asks, and obeys. */
final class DownloadRoute {
  /** Its path, as the router and the metrics know it. */
  static final String PATH = "/files/:id";

  private final Downloads downloads;
  private final OffloadGate offload;
  private final CredentialReader credentials;
  private final ClientAddress addresses;
  private final RateGate rates;
  private final OutcomeWriter.Tools tools;

  DownloadRoute(
      Downloads downloads,
      OffloadGate offload,
      CredentialReader credentials,
      ClientAddress addresses,
      RateGate rates,
      OutcomeWriter.Tools tools) {
    this.downloads = downloads;
    this.offload = offload;
    this.credentials = credentials;
    this.addresses = addresses;
    this.rates = rates;
    this.tools = tools;
  }

  void serve(Exchange exchange, Optional<FileId> id) {
    HttpServerRequest request = exchange.request();
    List<Token> tokens = credentials.read(request);
    if (tokens.size() > 1) {
      tools.answers().problem(request, rates.twoCredentials(request));
      return;
    }
    Interest interest = new Interest(Answers.passedOn(request));
    exchange.atEnd(interest::lose);
    downloads
        .decide(read(request, tokens, interest, id))
        .compose(outcome -> outcome.match(new OutcomeWriter(tools, exchange)))
        .onFailure(exchange::fail);
  }

  private DownloadRequest read(
      HttpServerRequest request, List<Token> tokens, Interest interest, Optional<FileId> id) {
    return new DownloadRequest(
        Answers.requestId(request),
        addresses.of(request),
        tokens.stream().findFirst(),
        id,
        ask(request, request.query() != null && "redirect".equals(request.getParam("delivery"))),
        offload.opens(request),
        interest);
  }

  /**
   * What is wanted of a file.
   *
   * @param redirectable whether the client loses nothing by a redirect
   */
  static Ask ask(HttpServerRequest request, boolean redirectable) {
    return new Ask(
        HttpMethod.HEAD.equals(request.method()),
        field(request, HttpHeaderNames.RANGE).flatMap(RangeRequest::parse),
        conditions(request),
        redirectable);
  }

  static Conditions conditions(HttpServerRequest request) {
    return new Conditions(
        tags(request, HttpHeaderNames.IF_MATCH),
        field(request, HttpHeaderNames.IF_UNMODIFIED_SINCE).flatMap(HttpDates::parse),
        tags(request, HttpHeaderNames.IF_NONE_MATCH),
        field(request, HttpHeaderNames.IF_MODIFIED_SINCE).flatMap(HttpDates::parse),
        field(request, HttpHeaderNames.IF_RANGE));
  }

  /** Empty only if the field is absent; a malformed list matches nothing. Lists may span fields. */
  private static Optional<EntityTags> tags(HttpServerRequest request, CharSequence name) {
    List<String> fields = request.headers().getAll(name);
    return fields.isEmpty()
        ? Optional.empty()
        : EntityTags.parse(String.join(",", fields))
            .or(() -> Optional.of(new EntityTags(false, Set.of(), Set.of())));
  }

  private static Optional<String> field(HttpServerRequest request, CharSequence name) {
    return Optional.ofNullable(request.getHeader(name));
  }
}
