package io.keyveil.http;

import io.keyveil.delivery.DownloadRequest;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.LinkAnswer;
import io.keyveil.delivery.LinkDownloads;
import io.keyveil.delivery.LinkRequest;
import io.keyveil.delivery.Outcome;
import io.keyveil.file.FileRecord;
import io.keyveil.link.LinkState;
import io.keyveil.link.LinkToken;
import io.keyveil.link.Visit;
import io.keyveil.page.Landing;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code GET, HEAD /links/{token}} and {@code /links/{token}/{name}}: downloads for people whose
 * browser cannot send a header. A landing page's button posts to the same address.
 *
 * <p>The button's answer leads to the same address once more, as a GET that a browser can resume,
 * with {@value #STARTED} as its query; without the window that the button opened, that is the page.
 */
final class LinkRoute {
  static final String PATH = "/links/:token";
  static final String NAMED = "/links/:token/:name";

  private static final String STARTED = "download";

  private final LinkDownloads downloads;
  private final OffloadGate offload;
  private final ClientAddress addresses;
  private final RateGate rates;
  private final LinkCookie cookies;
  private final OutcomeWriter.Tools tools;

  /** A link is a credential; a token beside it is one too many. */
  private final CredentialReader credentials = CredentialReader.bearerOnly();

  LinkRoute(
      LinkDownloads downloads,
      OffloadGate offload,
      ClientAddress addresses,
      RateGate rates,
      LinkCookie cookies,
      OutcomeWriter.Tools tools) {
    this.downloads = downloads;
    this.offload = offload;
    this.addresses = addresses;
    this.rates = rates;
    this.cookies = cookies;
    this.tools = tools;
  }

  void serve(RoutingContext context) {
    answer(context, false);
  }

  void press(RoutingContext context) {
    answer(context, true);
  }

  private void answer(RoutingContext context, boolean pressed) {
    HttpServerRequest request = context.request();
    if (!credentials.read(request).isEmpty()) {
      tools.answers().problem(request, rates.twoCredentials(request));
      return;
    }
    Exchange exchange = new RoutedExchange(context);
    Interest interest = new Interest(Answers.passedOn(request));
    exchange.atEnd(interest::lose);
    LinkRequest asked = read(context, interest, pressed);
    Future<LinkAnswer> decided = pressed ? downloads.press(asked) : downloads.decide(asked);
    decided
        .compose(answer -> answer.match(new Writer(context, exchange, asked)))
        .onFailure(exchange::fail);
  }

  private LinkRequest read(RoutingContext context, Interest interest, boolean pressed) {
    HttpServerRequest request = context.request();
    String address = addresses.of(request);
    String agent = Optional.ofNullable(request.getHeader("User-Agent")).orElse("");
    return new LinkRequest(
        new DownloadRequest(
            Answers.requestId(request),
            address,
            Optional.empty(),
            Optional.empty(),
            DownloadRoute.ask(request, true),
            offload.opens(request),
            interest),
        Optional.ofNullable(context.pathParam("token")).flatMap(LinkToken::parse),
        Optional.ofNullable(context.pathParam("name")),
        new Visit(
            cookies.digests(request),
            Visit.clientDigest(address, agent),
            request.headers().contains("Sec-Fetch-Mode"),
            request.headers().contains("Range"),
            pressed),
        request.query() != null && request.params().contains(STARTED),
        PreviewMarks.areOn(request));
  }

  /** The last part of the request's own address, to which others are relative. */
  private static String self(LinkRequest asked) {
    return asked
        .name()
        .map(name -> name.replace("+", "%2B"))
        .orElseGet(() -> asked.token().map(LinkToken::reveal).orElse(""));
  }

  /** Writes one answer. */
  private final class Writer implements LinkAnswer.Cases<Future<Void>> {
    private final RoutingContext context;
    private final Exchange exchange;
    private final LinkRequest asked;

    Writer(RoutingContext context, Exchange exchange, LinkRequest asked) {
      this.context = context;
      this.exchange = exchange;
      this.asked = asked;
    }

    @Override
    public Future<Void> outcome(Outcome outcome, Optional<LinkToken> cookie) {
      give(cookie);
      return outcome.match(new OutcomeWriter(tools, exchange));
    }

    @Override
    public Future<Void> landing(LinkState link, FileRecord file) {
      tools.meters().decided("allowed", "landing");
      Landing landing =
          new Landing(
              file.name(),
              file.size(),
              file.type(),
              link.link().expiresAt(),
              link.left().filter(left -> left > 0).map(OptionalInt::of).orElse(OptionalInt.empty()),
              self(asked));
      tools.answers().landing(context.request(), landing);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> pressed(Optional<LinkToken> cookie) {
      give(cookie);
      return context
          .response()
          .setStatusCode(303)
          .putHeader("Location", self(asked) + "?" + STARTED)
          .putHeader("Content-Length", "0")
          .end();
    }

    private void give(Optional<LinkToken> cookie) {
      asked
          .token()
          .ifPresent(
              link -> cookie.ifPresent(value -> cookies.set(context.request(), link, value)));
    }
  }
}
