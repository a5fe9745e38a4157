package io.keyveil.config;

import io.keyveil.access.Algorithm;
import io.keyveil.access.IssuerSettings;
import io.keyveil.access.SharedSecret;
import io.keyveil.access.TokenSettings;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.AuditSettings.CheckpointRate;
import io.keyveil.audit.AuditSettings.Rotation;
import io.keyveil.audit.Durability;
import io.keyveil.audit.ShipSettings;
import io.keyveil.audit.ShipSettings.Mode;
import io.keyveil.audit.SigningKey;
import io.keyveil.delivery.DataSize;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.Integrity;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.http.AddressBlock;
import io.keyveil.http.ConnectionSettings;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.DrainSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import io.keyveil.http.PathPrefix;
import io.keyveil.http.ProxyProtocol;
import io.keyveil.http.TlsFiles;
import io.keyveil.http.WebOrigin;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Rate;
import io.keyveil.limit.RateSettings;
import io.keyveil.link.LinkSettings;
import io.keyveil.ops.ManagementSettings;
import io.keyveil.page.Colour;
import io.keyveil.page.Language;
import io.keyveil.page.PageSettings;
import io.keyveil.s3.BreakerSettings;
import io.keyveil.s3.Encryption;
import io.keyveil.s3.S3Credentials;
import io.keyveil.s3.S3Settings;
import io.keyveil.s3.S3Settings.Checksums;
import io.keyveil.store.DatabasePassword;
import io.keyveil.store.StoreSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which setting goes where: the one place that has every setting's name. */
final class SettingsMapping {
  /** In place of a secret that could not be read, which is a problem noted already. */
  private static final SharedSecret STAND_IN = SharedSecret.of("-".repeat(64));

  private SettingsMapping() {}

  /** The settings; where something is bad, its default is in its place. */
  static KeyveilSettings read(Section root) {
    return root.build(SettingsMapping::settings).orElse(KeyveilSettings.DEFAULTS);
  }

  private static KeyveilSettings settings(Section root) {
    return new KeyveilSettings(
        root.word("profile", KeyveilSettings.DEFAULTS.profile(), Profile.values(), Profile::word),
        listen(root.section("listen")),
        management(root.section("management")),
        tokens(root.section("tokens")),
        store(root.section("store")),
        cache(root.section("cache")),
        s3(root.section("s3")),
        delivery(root.section("delivery")),
        links(root.section("links")),
        audit(root.section("audit")),
        limits(root.section("limits")),
        cors(root.section("cors")),
        pages(root.section("pages")),
        drain(root.section("drain")));
  }

  private static ListenSettings listen(Section section) {
    ListenSettings defaults = ListenSettings.DEFAULTS;
    ConnectionSettings connections = connections(section.section("connections"));
    Optional<TlsFiles> tls = section.sectionUnlessOff("tls").map(SettingsMapping::tls);
    return section
        .build(
            listen ->
                new ListenSettings(
                    listen.text("host", defaults.host()),
                    listen.number("port", defaults.port()),
                    listen.uri("publicUrl", defaults.publicUrl()),
                    tls,
                    listen.list(
                        "trustedProxies",
                        defaults.trustedProxies(),
                        "addresses or blocks such as 10.0.0.0/8",
                        AddressBlock::parse),
                    listen.word(
                        "proxyProtocol",
                        defaults.proxyProtocol(),
                        ProxyProtocol.values(),
                        ProxyProtocol::word),
                    listen.word(
                        "pathPrefix", defaults.pathPrefix(), PathPrefix.values(), PathPrefix::word),
                    listen.number("redirectPort", defaults.redirectPort()),
                    connections))
        .orElse(defaults);
  }

  private static ConnectionSettings connections(Section section) {
    ConnectionSettings defaults = ConnectionSettings.DEFAULTS;
    return section
        .build(
            connections ->
                new ConnectionSettings(
                    connections.duration("handshake", defaults.handshake()),
                    connections.duration("firstRequest", defaults.firstRequest()),
                    connections.number("perAddress", defaults.perAddress()),
                    connections.number("streams", defaults.streams()),
                    connections.number("resets", defaults.resets()),
                    connections.number("pings", defaults.pings())))
        .orElse(defaults);
  }

  private static TlsFiles tls(Section section) {
    TlsFiles defaults = TlsFiles.DEFAULTS;
    return section
        .build(
            tls ->
                new TlsFiles(
                    tls.file("certificate", defaults.certificate()),
                    tls.file("key", defaults.key())))
        .orElse(defaults);
  }

  private static ManagementSettings management(Section section) {
    ManagementSettings defaults = ManagementSettings.DEFAULTS;
    return section
        .build(
            management ->
                new ManagementSettings(
                    management.text("host", defaults.host()),
                    management.number("port", defaults.port())))
        .orElse(defaults);
  }

  private static TokenSettings tokens(Section section) {
    TokenSettings defaults = TokenSettings.DEFAULTS;
    List<IssuerSettings> issuers =
        section.sections("issuers").stream()
            .flatMap(issuer -> issuer.build(SettingsMapping::issuer).stream())
            .toList();
    return section
        .build(
            tokens ->
                new TokenSettings(
                    tokens.duration("leeway", defaults.leeway()),
                    tokens.duration("maxLife", defaults.maxLife()),
                    tokens.texts("types", defaults.types()),
                    tokens.text("cookie", defaults.cookie()),
                    tokens.number("maxLength", defaults.maxLength()),
                    tokens.number("cacheSize", defaults.cacheSize()),
                    tokens.duration("keysRefresh", defaults.keysRefresh()),
                    tokens.duration("keysMaxAge", defaults.keysMaxAge()),
                    issuers))
        .orElse(defaults);
  }

  private static IssuerSettings issuer(Section issuer) {
    Optional<SharedSecret> secret = issuer.secret("secret").map(SharedSecret::of);
    return new IssuerSettings(
        issuer.required("issuer", "missing"),
        issuer.oneOrMore("audience"),
        issuer.mentions("secret") ? issuer.text("jwks", "") : issuer.required("jwks", "file:x"),
        secret.or(() -> issuer.mentions("secret") ? Optional.of(STAND_IN) : Optional.empty()),
        issuer.list(
            "algorithms",
            issuer.mentions("secret")
                ? IssuerSettings.DEFAULT_SECRET_ALGORITHMS
                : IssuerSettings.DEFAULT_ALGORITHMS,
            "names such as RS256, ES256 or EdDSA",
            text -> Forms.word(text, Algorithm.values(), Algorithm::name)),
        issuer.texts("types", List.of()),
        issuer.optionalDuration("leeway"),
        issuer.optionalDuration("maxLife"),
        issuer.texts("requiredClaims", IssuerSettings.DEFAULT_REQUIRED_CLAIMS),
        issuer.texts("scopeClaims", IssuerSettings.DEFAULT_SCOPE_CLAIMS),
        issuer.texts("roleClaims", IssuerSettings.DEFAULT_ROLE_CLAIMS));
  }

  private static StoreSettings store(Section section) {
    StoreSettings defaults = StoreSettings.DEFAULTS;
    Optional<DatabasePassword> password =
        section.secretSource("password").map(DatabasePassword::from);
    return section
        .build(
            store ->
                new StoreSettings(
                    store.text("url", defaults.url()),
                    store.text("user", defaults.user()),
                    password,
                    store.number("poolSize", defaults.poolSize()),
                    store.number("queueLimit", defaults.queueLimit()),
                    store.duration("queryTimeout", defaults.queryTimeout())))
        .orElse(defaults);
  }

  private static FileCacheSettings cache(Section section) {
    FileCacheSettings defaults = FileCacheSettings.DEFAULTS;
    return section
        .build(
            cache ->
                new FileCacheSettings(
                    cache.number("maxEntries", defaults.maxEntries()),
                    cache.duration("maxAge", defaults.maxAge()),
                    cache.duration("duringOutage", defaults.duringOutage())))
        .orElse(defaults);
  }

  private static S3Settings s3(Section section) {
    S3Settings defaults = S3Settings.DEFAULTS;
    BreakerSettings breaker = breaker(section.section("breaker"));
    Optional<S3Credentials> credentials =
        section.section("credentials").build(SettingsMapping::credentials).flatMap(keys -> keys);
    return section
        .build(
            s3 ->
                new S3Settings(
                    s3.optionalUri("endpoint"),
                    s3.optionalUri("publicEndpoint"),
                    s3.text("region", defaults.region()),
                    s3.flag("pathStyle", defaults.pathStyle()),
                    s3.texts("buckets", defaults.buckets()),
                    s3.optionalText("opaqueBucket"),
                    s3.word(
                        "opaqueEncryption",
                        defaults.opaqueEncryption(),
                        Encryption.values(),
                        Encryption::word),
                    s3.optionalText("opaqueKmsKey"),
                    s3.word(
                        "checksums",
                        defaults.checksums(),
                        Checksums.values(),
                        SettingsMapping::word),
                    credentials,
                    s3.number("connections", defaults.connections()),
                    s3.number("waiting", defaults.waiting()),
                    breaker,
                    s3.duration("connectTimeout", defaults.connectTimeout()),
                    s3.duration("controlTimeout", defaults.controlTimeout())))
        .orElse(defaults);
  }

  private static BreakerSettings breaker(Section section) {
    BreakerSettings defaults = BreakerSettings.DEFAULTS;
    return section
        .build(
            breaker ->
                new BreakerSettings(
                    breaker.number("calls", defaults.calls()),
                    breaker.number("failing", defaults.failing()),
                    breaker.duration("pause", defaults.pause()),
                    breaker.number("probes", defaults.probes())))
        .orElse(defaults);
  }

  /** The words that AWS's own settings have for it. */
  private static String word(Checksums checksums) {
    return checksums.name().toLowerCase(Locale.ROOT);
  }

  /** Half a pair is a mistake: falling back to the SDK's chain would sign as somebody else. */
  private static Optional<S3Credentials> credentials(Section credentials) {
    Optional<String> id = credentials.secret("accessKeyId");
    Optional<String> secret = credentials.secret("secretAccessKey");
    Optional<String> token = credentials.secret("sessionToken");
    if (id.isPresent() && secret.isPresent()) {
      return Optional.of(new S3Credentials(id.get(), secret.get(), token));
    }
    if (id.isPresent() || secret.isPresent() || token.isPresent()) {
      credentials.missing(id.isEmpty() ? "accessKeyId" : "secretAccessKey");
    }
    return Optional.empty();
  }

  private static DeliverySettings delivery(Section section) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    ResumeSettings resume = resume(section.section("resume"));
    OffloadSettings offload = offload(section.section("offload"));
    return section
        .build(
            delivery ->
                new DeliverySettings(
                    delivery.word(
                        "default",
                        defaults.policy(),
                        DeliveryPolicy.values(),
                        DeliveryPolicy::word),
                    delivery.size("redirectAbove", defaults.redirectAbove()),
                    delivery.duration("presignedFor", defaults.presignedFor()),
                    delivery.text("readScope", defaults.readScope()),
                    delivery.duration("firstByteTimeout", defaults.firstByteTimeout()),
                    delivery.duration("stallTimeout", defaults.stallTimeout()),
                    delivery.texts("inlineTypes", defaults.inlineTypes()),
                    delivery.word(
                        "integrity", defaults.integrity(), Integrity.values(), Integrity::word),
                    resume,
                    offload))
        .orElse(defaults);
  }

  private static OffloadSettings offload(Section section) {
    OffloadSettings defaults = OffloadSettings.DEFAULTS;
    Optional<SharedSecret> secret = section.secret("secret").map(SharedSecret::of);
    return section
        .build(
            offload ->
                new OffloadSettings(
                    secret,
                    offload.text("location", defaults.location()),
                    offload.optionalFile("log"),
                    offload.duration("longest", defaults.longest())))
        .orElse(defaults);
  }

  private static ResumeSettings resume(Section section) {
    ResumeSettings defaults = ResumeSettings.DEFAULTS;
    return section
        .build(
            resume ->
                new ResumeSettings(
                    resume.number("attempts", defaults.attempts()),
                    resume.duration("backoff", defaults.backoff()),
                    resume.duration("stallTimeout", defaults.stallTimeout())))
        .orElse(defaults);
  }

  private static AuditSettings audit(Section section) {
    AuditSettings defaults = AuditSettings.DEFAULTS;
    Optional<String> key = section.secret("signingKey");
    CheckpointRate checkpoint = checkpoint(section.section("checkpoint"));
    Rotation rotation = rotation(section.section("rotate"));
    ShipSettings ship = ship(section.section("ship"));
    return section
        .build(
            audit ->
                new AuditSettings(
                    audit.file("folder", defaults.folder()),
                    audit.word(
                        "durability", defaults.durability(), Durability.values(), Durability::word),
                    audit.number("queueLimit", defaults.queueLimit()),
                    audit.optionalText("instance"),
                    key.map(SigningKey::parse),
                    audit.text("origin", defaults.origin()),
                    checkpoint,
                    rotation,
                    audit.duration("refusalWindow", defaults.refusalWindow()),
                    ship))
        .orElse(defaults);
  }

  private static CheckpointRate checkpoint(Section section) {
    CheckpointRate defaults = CheckpointRate.DEFAULTS;
    return section
        .build(
            checkpoint ->
                new CheckpointRate(
                    checkpoint.number("records", defaults.records()),
                    checkpoint.duration("interval", defaults.interval())))
        .orElse(defaults);
  }

  private static Rotation rotation(Section section) {
    Rotation defaults = Rotation.DEFAULTS;
    return section
        .build(
            rotate ->
                new Rotation(
                    rotate.size("size", new DataSize(defaults.size())).bytes(),
                    rotate.duration("age", defaults.age())))
        .orElse(defaults);
  }

  private static ShipSettings ship(Section section) {
    ShipSettings defaults = ShipSettings.DEFAULTS;
    return section
        .build(
            ship ->
                new ShipSettings(
                    ship.optionalText("bucket"),
                    ship.text("prefix", defaults.prefix()),
                    ship.word("mode", defaults.mode(), Mode.values(), Mode::word),
                    ship.duration("retention", defaults.retention()),
                    ship.word(
                        "encryption",
                        defaults.encryption(),
                        ShipSettings.Encryption.values(),
                        ShipSettings.Encryption::word),
                    ship.optionalText("kmsKey"),
                    ship.duration("interval", defaults.interval()),
                    ship.duration("keep", defaults.keep())))
        .orElse(defaults);
  }

  private static LimitSettings limits(Section section) {
    LimitSettings defaults = LimitSettings.DEFAULTS;
    RateSettings rates = rates(section.section("rates"));
    return section
        .build(
            limits ->
                new LimitSettings(
                    limits.size("headers", defaults.headers()),
                    limits.size("requestLine", defaults.requestLine()),
                    limits.size("body", defaults.body()),
                    limits.duration("idle", defaults.idle()),
                    limits.number("downloads", defaults.downloads()),
                    limits.number("downloadsPerSubject", defaults.downloadsPerSubject()),
                    rates))
        .orElse(defaults);
  }

  private static LinkSettings links(Section section) {
    LinkSettings defaults = LinkSettings.DEFAULTS;
    return section
        .build(
            links ->
                new LinkSettings(
                    links.duration("life", defaults.life()),
                    links.duration("maxLife", defaults.maxLife()),
                    links.duration("window", defaults.window()),
                    links.number("attempts", defaults.attempts()),
                    links.duration("keep", defaults.keep())))
        .orElse(defaults);
  }

  private static RateSettings rates(Section section) {
    RateSettings defaults = RateSettings.DEFAULTS;
    RateSettings.Traffic address = traffic(section.section("address"), defaults.address());
    RateSettings.Traffic subject = traffic(section.section("subject"), defaults.subject());
    Rate registration = requests(section.section("registration"), defaults.registration());
    Rate minting = requests(section.section("minting"), defaults.minting());
    Rate failures = requests(section.section("failures"), defaults.failures());
    return section
        .build(
            rates ->
                new RateSettings(
                    rates.word("mode", defaults.mode(), Enforcement.values(), Enforcement::word),
                    rates.number("remembered", defaults.remembered()),
                    address,
                    subject,
                    registration,
                    minting,
                    failures))
        .orElse(defaults);
  }

  private static RateSettings.Traffic traffic(Section section, RateSettings.Traffic defaults) {
    Rate requests = requests(section.section("requests"), defaults.requests());
    Rate bytes = bytes(section.section("bytes"), defaults.bytes());
    return section.build(traffic -> new RateSettings.Traffic(requests, bytes)).orElse(defaults);
  }

  private static Rate requests(Section section, Rate defaults) {
    return section
        .build(
            rate ->
                new Rate(
                    rate.number("perSecond", (int) defaults.perSecond()),
                    rate.number("burst", (int) defaults.burst())))
        .orElse(defaults);
  }

  private static Rate bytes(Section section, Rate defaults) {
    return section
        .build(
            rate ->
                new Rate(
                    rate.size("perSecond", new DataSize(defaults.perSecond())).bytes(),
                    rate.size("burst", new DataSize(defaults.burst())).bytes()))
        .orElse(defaults);
  }

  private static CorsSettings cors(Section section) {
    CorsSettings defaults = CorsSettings.DEFAULTS;
    return section
        .build(
            cors ->
                new CorsSettings(
                    cors.list(
                        "origins",
                        defaults.origins(),
                        "origins as browsers write them, such as https://portal.example.org",
                        WebOrigin::parse),
                    cors.duration("maxAge", defaults.maxAge())))
        .orElse(defaults);
  }

  private static PageSettings pages(Section section) {
    PageSettings defaults = PageSettings.DEFAULTS;
    return section
        .build(
            pages ->
                new PageSettings(
                    pages.text("name", defaults.name()),
                    pages.optionalText("contact"),
                    pages.optionalFile("logo"),
                    pages.value(
                        "accent",
                        defaults.accent(),
                        "a colour such as " + defaults.accent(),
                        Colour::parse),
                    pages.word("language", defaults.language(), Language.values(), Language::code),
                    pages.zone("zone", defaults.zone()),
                    pages.optionalFile("templates")))
        .orElse(defaults);
  }

  private static DrainSettings drain(Section section) {
    DrainSettings defaults = DrainSettings.DEFAULTS;
    return section
        .build(
            drain ->
                new DrainSettings(
                    drain.duration("delay", defaults.delay()),
                    drain.duration("deadline", defaults.deadline())))
        .orElse(defaults);
  }
}
