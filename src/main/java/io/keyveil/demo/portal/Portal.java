package io.keyveil.demo.portal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.keyveil.demo.portal.Sessions.Session;
import io.keyveil.page.Notice;
import io.keyveil.page.Pages;
import io.keyveil.page.RenderedPage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The portal's server: sign in, see one's documents, open one, share one by a link for one
 * download, and read what was recorded about it. The bytes never pass through it.
 */
public final class Portal {
  private static final Logger LOG = LoggerFactory.getLogger(Portal.class);
  private static final String COOKIE = "__Host-portal";
  private static final long BODY = 4096;

  private final Parts parts;
  private final PortalPages pages;
  private final Sessions sessions;
  private final GatewayLinks links;
  private final HttpServer server;

  /**
   * What the portal is made of.
   *
   * @param gateway where its API is
   * @param certificate the PEM file that the gateway and the portal both show
   * @param key its key
   * @param token makes tokens with the scope {@code links:write}
   */
  public record Parts(
      Pages pages,
      List<Document> documents,
      Trail trail,
      URI gateway,
      Path certificate,
      Path key,
      Supplier<String> token,
      SecureRandom random) {
    public Parts {
      documents = List.copyOf(documents);
    }
  }

  private Portal(Vertx vertx, Parts parts) {
    this.parts = parts;
    this.pages = new PortalPages(parts.pages());
    this.sessions = new Sessions(parts.random());
    this.links =
        new GatewayLinks(
            vertx.createHttpClient(
                new HttpClientOptions()
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(parts.certificate().toString()))),
            parts.gateway(),
            parts.token());
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addCertPath(parts.certificate().toString())
                            .addKeyPath(parts.key().toString())))
            .requestHandler(routes(vertx));
  }

  /** Listens on loopback; fails if the port cannot be had. */
  public static Future<Portal> start(Vertx vertx, Parts parts, int port) {
    Portal portal = new Portal(vertx, parts);
    return portal.server.listen(port, "127.0.0.1").map(portal);
  }

  public String url() {
    return "https://localhost:" + server.actualPort();
  }

  public Future<Void> close() {
    return server.close();
  }

  private Router routes(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(Portal::prepare);
    router.post().handler(BodyHandler.create(false).setBodyLimit(BODY));
    router.get("/").handler(this::home);
    router.post("/sign-in").handler(context -> posted(context, this::signIn));
    router.post("/sign-out").handler(context -> posted(context, this::signOut));
    router.get("/documents/:label").handler(context -> theirs(context, this::show));
    router.get("/documents/:label/open").handler(context -> theirs(context, this::open));
    router
        .post("/documents/:label/share")
        .handler(
            context ->
                posted(
                    context,
                    (form, session) ->
                        theirs(form, (own, document) -> share(own, session, document))));
    router.route().handler(context -> tell(context, 404, Notice.NOT_FOUND));
    router.route().failureHandler(context -> failed(context, context.failure()));
    return router;
  }

  private static void prepare(RoutingContext context) {
    var unused =
        context
            .response()
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Referrer-Policy", "no-referrer")
            .putHeader("Cache-Control", "private, no-store");
    context.next();
  }

  private void home(RoutingContext context) {
    Session session = session(context).orElseGet(() -> begin(context, Optional.empty()));
    send(
        context,
        session
            .person()
            .map(person -> pages.documents(session, person, of(person)))
            .orElseGet(() -> pages.signIn(session)));
  }

  private void signIn(RoutingContext context, Session session) {
    Optional<Person> person =
        Optional.ofNullable(context.request().getFormAttribute("person")).flatMap(Person::of);
    sessions.end(session);
    Session unused = begin(context, person);
    seeOther(context, "/");
  }

  private void signOut(RoutingContext context, Session session) {
    sessions.end(session);
    Session unused = begin(context, Optional.empty());
    seeOther(context, "/");
  }

  private void show(RoutingContext context, Document document) {
    Session session = session(context).orElseThrow();
    Optional<String> shared = sessions.takeShared(session);
    parts
        .trail()
        .of(document.fileId(), document.owner())
        .onSuccess(events -> send(context, pages.document(session, document, shared, events)))
        .onFailure(failure -> failed(context, failure));
  }

  private void open(RoutingContext context, Document document) {
    links
        .toOpen(document)
        .onSuccess(link -> seeOther(context, link))
        .onFailure(failure -> failed(context, failure));
  }

  private void share(RoutingContext context, Session session, Document document) {
    links
        .toShare(document)
        .onSuccess(
            link -> {
              sessions.share(session, link);
              seeOther(context, "/documents/" + document.label());
            })
        .onFailure(failure -> failed(context, failure));
  }

  /** Only forms that came from a page of this session's own are obeyed. */
  private void posted(RoutingContext context, BiConsumer<RoutingContext, Session> then) {
    String said = context.request().getFormAttribute("csrf");
    session(context)
        .filter(session -> said != null && same(session.csrf(), said))
        .ifPresentOrElse(
            session -> then.accept(context, session), () -> tell(context, 403, Notice.SIGN_IN));
  }

  /** A document of whoever is signed in; anybody else's is not there. */
  private void theirs(RoutingContext context, BiConsumer<RoutingContext, Document> then) {
    Optional<Person> person = session(context).flatMap(Session::person);
    if (person.isEmpty()) {
      seeOther(context, "/");
      return;
    }
    of(person.get()).stream()
        .filter(document -> document.label().equals(context.pathParam("label")))
        .findFirst()
        .ifPresentOrElse(
            document -> then.accept(context, document), () -> tell(context, 404, Notice.NOT_FOUND));
  }

  private List<Document> of(Person person) {
    return parts.documents().stream().filter(document -> document.owner() == person).toList();
  }

  private Optional<Session> session(RoutingContext context) {
    return Optional.ofNullable(context.request().getCookie(COOKIE))
        .flatMap(cookie -> sessions.find(cookie.getValue()));
  }

  private Session begin(RoutingContext context, Optional<Person> person) {
    Session session = sessions.begin(person);
    HttpServerResponse unused =
        context
            .response()
            .addCookie(
                Cookie.cookie(COOKIE, session.id())
                    .setPath("/")
                    .setSecure(true)
                    .setHttpOnly(true)
                    .setSameSite(CookieSameSite.STRICT));
    return session;
  }

  private static boolean same(String one, String two) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), two.getBytes(UTF_8));
  }

  private static void seeOther(RoutingContext context, String where) {
    var unused = context.response().setStatusCode(303).putHeader("Location", where).end();
  }

  private void failed(RoutingContext context, @Nullable Throwable failure) {
    LOG.atWarn().setCause(failure).log("the demo's portal failed");
    tell(context, 500, Notice.FAILED);
  }

  private void tell(RoutingContext context, int status, Notice notice) {
    var unused = context.response().setStatusCode(status);
    send(context, parts.pages().notice(notice, context.request().getHeader("Accept-Language")));
  }

  private static void send(RoutingContext context, RenderedPage page) {
    var unused =
        context
            .response()
            .putHeader("Content-Type", "text/html; charset=utf-8")
            .putHeader("Content-Language", page.language())
            .putHeader("Content-Security-Policy", page.contentSecurityPolicy())
            .end(page.html());
  }
}
