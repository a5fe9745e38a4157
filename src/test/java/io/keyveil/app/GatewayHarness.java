package io.keyveil.app;

import com.fasterxml.jackson.databind.node.TextNode;
import io.keyveil.access.AccessRules;
import io.keyveil.access.Algorithm;
import io.keyveil.access.IssuerKeyPair;
import io.keyveil.access.IssuerSettings;
import io.keyveil.access.TokenMint;
import io.keyveil.access.TokenSettings;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.Durability;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.config.Profile;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoLibraries;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.Disposition;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import io.keyveil.http.ConnectionSettings;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.DrainSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import io.keyveil.http.TlsFiles;
import io.keyveil.http.WebOrigin;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Rate;
import io.keyveil.limit.RateSettings;
import io.keyveil.link.LinkSettings;
import io.keyveil.ops.ManagementSettings;
import io.keyveil.page.PageSettings;
import io.keyveil.s3.LocalS3;
import io.keyveil.s3.S3Settings;
import io.keyveil.store.StoreSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The whole gateway on a free port, with a real S3 server, SQLite in a folder and a real
 * certificate; and a client that hides nothing of an answer.
 */
public final class GatewayHarness implements AutoCloseable {
  public static final String BUCKET = "clinic-canary-files";
  public static final String OPAQUE_BUCKET = "dl-0a1b2c";
  public static final String ISSUER = "https://idp.test/";
  public static final String PORTAL = "https://portal.test";
  public static final String AUDIENCE = "keyveil-test";

  private final Vertx vertx = ServeCommand.vertx();
  private final IssuerKeyPair issuer = IssuerKeyPair.generate(new SecureRandom());
  private final Path folder;
  private final KeyveilSettings settings;
  private final Gateway gateway;
  private final HttpClientAgent client;

  /** Held here: Vert.x closes a client that nobody holds, even while it is asking. */
  private final List<HttpClientAgent> clients = new CopyOnWriteArrayList<>();

  private final HttpClientAgent plain =
      held(vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false)));

  private final Optional<LocalS3> s3;

  /** An answer, whole. */
  public record Answer(int status, Map<String, List<String>> headers, Buffer body) {
    public Optional<String> header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
    }

    public String text() {
      return body.toString();
    }
  }

  private GatewayHarness(
      Path folder,
      Optional<LocalS3> s3,
      URI endpoint,
      InstantSource clock,
      UnaryOperator<KeyveilSettings> change) {
    this.folder = folder;
    this.s3 = s3;
    this.settings = change.apply(settings(folder, endpoint, issuer));
    this.gateway = Gateway.assemble(vertx, settings, clock);
    gateway.start().await();
    this.client = client(HttpVersion.HTTP_1_1);
  }

  /** On a real S3 server of its own. */
  public static GatewayHarness start(Path folder) {
    return start(folder, settings -> settings);
  }

  /** The same with other settings. */
  public static GatewayHarness start(Path folder, UnaryOperator<KeyveilSettings> change) {
    LocalS3 s3 = new LocalS3(folder.resolve("s3"), BUCKET, OPAQUE_BUCKET);
    return new GatewayHarness(
        folder, Optional.of(s3), s3.endpoint(), InstantSource.system(), change);
  }

  /** On another S3, such as one that lies. */
  public static GatewayHarness on(
      URI endpoint, Path folder, UnaryOperator<KeyveilSettings> change) {
    return on(endpoint, folder, InstantSource.system(), change);
  }

  /** The same by another clock. */
  public static GatewayHarness on(
      URI endpoint, Path folder, InstantSource clock, UnaryOperator<KeyveilSettings> change) {
    return new GatewayHarness(folder, Optional.empty(), endpoint, clock, change);
  }

  /** The same settings with other issuers. */
  public static KeyveilSettings withIssuers(
      KeyveilSettings settings, List<IssuerSettings> issuers) {
    TokenSettings tokens = settings.tokens();
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        new TokenSettings(
            tokens.leeway(),
            tokens.maxLife(),
            tokens.types(),
            tokens.cookie(),
            tokens.maxLength(),
            tokens.cacheSize(),
            tokens.keysRefresh(),
            tokens.keysMaxAge(),
            issuers),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  /** The same settings, shared with other origins. */
  public static KeyveilSettings withCors(KeyveilSettings settings, CorsSettings cors) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        settings.limits(),
        cors,
        settings.pages(),
        settings.drain());
  }

  /** The same settings, with what was refused written down each second. */
  public static KeyveilSettings withShortWindows(KeyveilSettings settings) {
    AuditSettings audit = settings.audit();
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        new AuditSettings(
            audit.folder(),
            audit.durability(),
            audit.queueLimit(),
            audit.instance(),
            audit.signingKey(),
            audit.origin(),
            audit.checkpoint(),
            audit.rotate(),
            Duration.ofSeconds(1),
            audit.ship()),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  /** What a window, once it is over, has counted of somebody for one reason. */
  public JsonObject counted(String reason, String subject) {
    List<JsonObject> found = new ArrayList<>();
    Wait.until(
        "the record of the window",
        () -> {
          audit().stream()
              .map(JsonObject::new)
              .filter(record -> "refusals".equals(record.getString("kind")))
              .filter(record -> reason.equals(record.getString("reason")))
              .filter(
                  record ->
                      subject.equals(
                          record.getJsonObject("actor", new JsonObject()).getString("subject")))
              .forEach(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  public Vertx vertx() {
    return vertx;
  }

  public Gateway gateway() {
    return gateway;
  }

  public KeyveilSettings settings() {
    return settings;
  }

  public Path folder() {
    return folder;
  }

  public LocalS3 s3() {
    return s3.orElseThrow();
  }

  public IssuerKeyPair issuer() {
    return issuer;
  }

  /** A token of this gateway's issuer. */
  public String token(String subject, Set<String> scopes, Map<String, List<String>> claims) {
    return TokenMint.of(
            issuer.privatePem(), Optional.empty(), InstantSource.system(), new SecureRandom())
        .mint(
            new TokenMint.Grant(ISSUER, AUDIENCE, subject, scopes, claims, Duration.ofMinutes(10)));
  }

  /** A token that may read. */
  public String reader(String subject) {
    return token(subject, Set.of("files:read"), Map.of());
  }

  /** A token that may do everything. */
  public String operator() {
    return token(
        "operator",
        Set.of("files:read", "files:write", "files:manage", "blocks:write", "links:write"),
        Map.of());
  }

  public Answer get(String path, String token, String... fields) {
    return send(HttpMethod.GET, path, Optional.of(token), Buffer.buffer(), fields);
  }

  public Answer send(
      HttpMethod method, String path, Optional<String> token, Buffer body, String... fields) {
    return send(client, method, path, token, body, fields);
  }

  public Answer send(
      HttpClientAgent with,
      HttpMethod method,
      String path,
      Optional<String> token,
      Buffer body,
      String... fields) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost("localhost")
            .setPort(gateway.port())
            .setURI(path);
    token.ifPresent(text -> options.putHeader("Authorization", "Bearer " + text));
    for (int i = 0; i < fields.length; i += 2) {
      options.addHeader(fields[i], fields[i + 1]);
    }
    return with.request(options)
        .compose(
            request ->
                (body.length() == 0 ? request.send() : request.send(body))
                    .compose(GatewayHarness::whole))
        .await();
  }

  /**
   * Takes the body at once, on the response's own event loop: what comes before anybody has asked
   * for it is dropped.
   */
  private static Future<Answer> whole(HttpClientResponse response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .headers()
        .names()
        .forEach(
            name -> headers.put(name.toLowerCase(Locale.ROOT), response.headers().getAll(name)));
    return response.body().map(content -> new Answer(response.statusCode(), headers, content));
  }

  /** Registers an object through the API; the answer has the file's {@code id}. */
  public Answer register(String json) {
    return send(
        HttpMethod.POST,
        "/api/v1/files",
        Optional.of(operator()),
        Buffer.buffer(json),
        "Content-Type",
        "application/json");
  }

  /** Puts an object into the real S3 and registers it for one subject; gives the file's ID. */
  public String file(String key, byte[] content, String subject, String delivery) {
    s3().put(BUCKET, key, content);
    Answer answer =
        register(
            """
            {"bucket": "%s", "key": %s, "name": "scan.bin", "type": "application/octet-stream",
             "delivery": "%s", "access": {"subject": "%s"}}
            """
                .formatted(BUCKET, new TextNode(key).toString(), delivery, subject));
    if (answer.status() != 201) {
      throw new AssertionError("not registered: " + answer);
    }
    return answer.body().toJsonObject().getString("id");
  }

  /** Puts a file under a random key into the bucket that may be seen; gives its ID. */
  public String opaqueFile(byte[] content, String subject, DeliveryPolicy policy) {
    try {
      Path source = Files.write(Files.createTempFile(folder, "upload", ".bin"), content);
      Registration wish =
          new Registration(
              new ObjectKey(OPAQUE_BUCKET, "counts for nothing", Optional.empty()),
              "scan.bin",
              "application/octet-stream",
              Disposition.ATTACHMENT,
              policy,
              false,
              AccessRules.parseAllow(List.of("subject=" + subject)),
              Optional.empty());
      return new OpaqueFiles(
              gateway.registry(), gateway.s3().control(), gateway.s3().uploads(new SecureRandom()))
          .add(source, wish, sent -> {})
          .id()
          .text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Answer revoke(String id) {
    return send(HttpMethod.DELETE, "/api/v1/files/" + id, Optional.of(operator()), Buffer.buffer());
  }

  public Answer management(String path) {
    return send(plain, gateway.managementPort(), path);
  }

  private static Answer send(HttpClientAgent plain, int port, String path) {
    return plain
        .request(HttpMethod.GET, port, "127.0.0.1", path)
        .compose(request -> request.send().compose(GatewayHarness::whole))
        .await();
  }

  /** All that has been written to the audit log so far. */
  public List<String> audit() {
    try (var files = Files.list(settings.audit().folder())) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(GatewayHarness::lines)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without what is just being written. */
  private static Stream<String> lines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that trusts the gateway's certificate. */
  public HttpClientAgent client(HttpVersion version) {
    return client(version, -1);
  }

  /**
   * The same.
   *
   * @param linger 0 for connections that are reset when they are closed, or -1
   */
  public HttpClientAgent client(HttpVersion version, int linger) {
    return client(version, linger, 32);
  }

  /** One that has a single connection, and so is always met by the same event loop. */
  public HttpClientAgent singleClient(HttpVersion version) {
    return client(version, -1, 1);
  }

  /** A client of a test's own making, held until the end. */
  HttpClientAgent held(HttpClientAgent made) {
    clients.add(made);
    return made;
  }

  private HttpClientAgent client(HttpVersion version, int linger, int connections) {
    return held(
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(version == HttpVersion.HTTP_2)
                .setProtocolVersion(version)
                .setVerifyHost(true)
                .setSoLinger(linger)
                .setMaxHeaderSize(256 << 10)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(folder.resolve("cert.pem").toString())),
            new PoolOptions().setHttp1MaxSize(connections)));
  }

  private static KeyveilSettings settings(Path folder, URI endpoint, IssuerKeyPair issuer) {
    try {
      DemoCertificate pair = DemoLibraries.load().certificate(List.of("localhost", "127.0.0.1"));
      Files.writeString(folder.resolve("cert.pem"), pair.certificate());
      Files.writeString(folder.resolve("key.pem"), pair.key());
      Files.writeString(folder.resolve("jwks.json"), issuer.jwkSet().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new KeyveilSettings(
        Profile.PRODUCTION,
        new ListenSettings(
            "127.0.0.1",
            0,
            URI.create("https://localhost"),
            Optional.of(new TlsFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"))),
            List.of(),
            ListenSettings.DEFAULTS.proxyProtocol(),
            ListenSettings.DEFAULTS.pathPrefix(),
            ListenSettings.DEFAULTS.redirectPort(),
            ConnectionSettings.DEFAULTS),
        new ManagementSettings("127.0.0.1", 0),
        new TokenSettings(
            TokenSettings.DEFAULTS.leeway(),
            TokenSettings.DEFAULTS.maxLife(),
            TokenSettings.DEFAULTS.types(),
            "kv-token",
            TokenSettings.DEFAULTS.maxLength(),
            TokenSettings.DEFAULTS.cacheSize(),
            TokenSettings.DEFAULTS.keysRefresh(),
            TokenSettings.DEFAULTS.keysMaxAge(),
            List.of(
                IssuerSettings.of(
                    ISSUER,
                    AUDIENCE,
                    "file:" + folder.resolve("jwks.json"),
                    List.of(Algorithm.RS256)))),
        new StoreSettings(
            "sqlite:" + folder.resolve("keyveil.db"),
            "",
            Optional.empty(),
            StoreSettings.DEFAULTS.poolSize(),
            StoreSettings.DEFAULTS.queueLimit(),
            StoreSettings.DEFAULTS.queryTimeout()),
        FileCacheSettings.DEFAULTS,
        s3(endpoint),
        DeliverySettings.DEFAULTS,
        LinkSettings.DEFAULTS,
        new AuditSettings(folder.resolve("audit"), Durability.WRITE, 10_000, Optional.of("test")),
        limits(),
        new CorsSettings(
            List.of(WebOrigin.parse(PORTAL).orElseThrow()), CorsSettings.DEFAULTS.maxAge()),
        PageSettings.DEFAULTS,
        new DrainSettings(Duration.ZERO, Duration.ofSeconds(5)));
  }

  /** With rates that no test meets by its mere speed. */
  private static LimitSettings limits() {
    LimitSettings defaults = LimitSettings.DEFAULTS;
    Rate ample = new Rate(1_000_000, 1_000_000);
    RateSettings.Traffic traffic = new RateSettings.Traffic(ample, new Rate(0, 1));
    return new LimitSettings(
        defaults.headers(),
        defaults.requestLine(),
        defaults.body(),
        defaults.idle(),
        defaults.downloads(),
        defaults.downloadsPerSubject(),
        new RateSettings(Enforcement.ENFORCE, 1_000, traffic, traffic, ample, ample, ample));
  }

  private static S3Settings s3(URI endpoint) {
    return LocalS3.settings(endpoint, BUCKET, OPAQUE_BUCKET);
  }

  @Override
  public void close() {
    gateway.stop().await();
    s3.ifPresent(LocalS3::close);
    vertx.close().await();
  }
}
