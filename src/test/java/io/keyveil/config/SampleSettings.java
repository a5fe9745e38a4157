package io.keyveil.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Settings of which none is at its default, as a file and as environment variables. */
final class SampleSettings {
  /** Made for this test, and good for nothing else. */
  static final String SIGNING_KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIN5waSFSWVhvG7c6CNTqVBR7hdv8uXf/wQkmHvwtIYwR
      -----END PRIVATE KEY-----
      """;

  /** The variables that the file's secrets refer to. */
  static final Map<String, String> SECRETS =
      Map.of(
          "DB",
          "db-secret",
          "S3_ID",
          "id-secret",
          "S3_KEY",
          "key-secret",
          "S3_T",
          "t-secret",
          "IDP",
          "idp-secret-of-thirty-two-bytes-and-more",
          "AUDIT",
          SIGNING_KEY,
          "OFFLOAD",
          "offload-secret");

  static final String FILE =
      """
      profile: development
      listen:
        host: 127.0.0.1
        port: 1
        publicUrl: https://files.example.org/base
        tls: {certificate: c.pem, key: k.pem}
        trustedProxies: [10.0.0.0/8, "::1"]
        proxyProtocol: required
        pathPrefix: kept
        redirectPort: 4
        connections: {handshake: 35s, firstRequest: 36s, perAddress: 37, streams: 38, resets: 39,
          pings: 40}
      management: {host: "::1", port: 2}
      tokens:
        leeway: 3s
        maxLife: 4h
        types: [a+jwt, b]
        cookie: crumb
        maxLength: 500
        cacheSize: 6
        keysRefresh: 7m
        keysMaxAge: 8h
        issuers:
          - issuer: https://one.example.org/
            audience: first
            jwks: https://one.example.org/jwks.json
            algorithms: [PS256]
            types: [JWT]
            leeway: 1s
            maxLife: 2m
            requiredClaims: [sid]
            scopeClaims: [scope]
            roleClaims: [groups]
          - issuer: two
            audience: [second, other]
            secret: {env: IDP}
            algorithms: [HS256]
            types: [at+jwt]
            leeway: 4s
            maxLife: 5m
            requiredClaims: [jti]
            scopeClaims: [perms]
            roleClaims: [/realm/roles]
      store:
        url: postgresql://db:5432/other
        user: other
        password: {env: DB}
        poolSize: 80
        queueLimit: 9
        queryTimeout: 10s
      cache: {maxEntries: 11, maxAge: 12m, duringOutage: 98s}
      s3:
        endpoint: https://s3.example.org
        publicEndpoint: https://dl.example.org:9000
        region: eu-west-1
        pathStyle: true
        buckets: [clinic-files, 0012]
        opaqueBucket: dl-2f9c41
        opaqueEncryption: AES256
        opaqueKmsKey: k-13
        checksums: when_supported
        credentials:
          accessKeyId: {env: S3_ID}
          secretAccessKey: {env: S3_KEY}
          sessionToken: {env: S3_T}
        connections: 14
        waiting: 15
        breaker: {calls: 70, failing: 71, pause: 72s, probes: 73}
        connectTimeout: 160ms
        controlTimeout: 17s
      delivery:
        default: stream
        redirectAbove: 18KiB
        presignedFor: 19s
        readScope: other:read
        firstByteTimeout: 20s
        stallTimeout: 21m
        inlineTypes: [a/b]
        integrity: sha256
        resume: {attempts: 3, backoff: 30ms, stallTimeout: 31s}
        offload: {secret: {env: OFFLOAD}, location: /other, log: o.log, longest: 1h}
      links: {life: 91s, maxLife: 92m, window: 93s, attempts: 94, keep: 95h}
      audit: {folder: other/audit, durability: write, queueLimit: 22, instance: i-23,
        signingKey: {env: AUDIT}, origin: clinic/1, refusalWindow: 41s,
        checkpoint: {records: 42, interval: 43s}, rotate: {size: 44KiB, age: 45m},
        ship: {bucket: vault, prefix: a/, mode: governance, retention: 46d, encryption: AES256,
          kmsKey: k-47, interval: 48s, keep: 49d}}
      limits: {headers: 33KiB, requestLine: 24KiB, body: 25KiB, idle: 26s, downloads: 27,
        downloadsPerSubject: 29,
        rates: {
          mode: report,
          remembered: 3000,
          address: {requests: {perSecond: 32, burst: 33}, bytes: {perSecond: 34KiB, burst: 35KiB}},
          subject: {requests: {perSecond: 36, burst: 37}, bytes: {perSecond: 38KiB, burst: 39KiB}},
          registration: {perSecond: 40, burst: 41},
          minting: {perSecond: 96, burst: 97},
          failures: {perSecond: 42, burst: 43}}}
      cors: {origins: [https://a.example.org, "http://b:8080"], maxAge: 34s}
      pages: {name: St. Anna, contact: "Tel. 12", logo: l.svg, accent: "#123456", language: fr,
        zone: Europe/Berlin, templates: t}
      drain: {delay: 27s, deadline: 28s}
      """;

  private SampleSettings() {}

  /** The same by environment; for each secret in the first way of several. */
  static Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    """
    KEYVEIL_PROFILE=development
    KEYVEIL_LISTEN_HOST=127.0.0.1
    KEYVEIL_LISTEN_PORT=1
    KEYVEIL_LISTEN_PUBLIC_URL=https://files.example.org/base
    KEYVEIL_LISTEN_TLS_CERTIFICATE=c.pem
    KEYVEIL_LISTEN_TLS_KEY=k.pem
    KEYVEIL_LISTEN_TRUSTED_PROXIES=10.0.0.0/8, ::1
    KEYVEIL_LISTEN_PROXY_PROTOCOL=required
    KEYVEIL_LISTEN_PATH_PREFIX=kept
    KEYVEIL_LISTEN_REDIRECT_PORT=4
    KEYVEIL_LISTEN_CONNECTIONS_HANDSHAKE=35s
    KEYVEIL_LISTEN_CONNECTIONS_FIRST_REQUEST=36s
    KEYVEIL_LISTEN_CONNECTIONS_PER_ADDRESS=37
    KEYVEIL_LISTEN_CONNECTIONS_STREAMS=38
    KEYVEIL_LISTEN_CONNECTIONS_RESETS=39
    KEYVEIL_LISTEN_CONNECTIONS_PINGS=40
    KEYVEIL_MANAGEMENT_HOST=::1
    KEYVEIL_MANAGEMENT_PORT=2
    KEYVEIL_TOKENS_LEEWAY=3s
    KEYVEIL_TOKENS_MAX_LIFE=4h
    KEYVEIL_TOKENS_TYPES=[a+jwt, b]
    KEYVEIL_TOKENS_COOKIE=crumb
    KEYVEIL_TOKENS_MAX_LENGTH=500
    KEYVEIL_TOKENS_CACHE_SIZE=6
    KEYVEIL_TOKENS_KEYS_REFRESH=PT7M
    KEYVEIL_TOKENS_KEYS_MAX_AGE=8h
    KEYVEIL_TOKENS_ISSUERS_0_ISSUER=https://one.example.org/
    KEYVEIL_TOKENS_ISSUERS_0_AUDIENCE=first
    KEYVEIL_TOKENS_ISSUERS_0_JWKS=https://one.example.org/jwks.json
    KEYVEIL_TOKENS_ISSUERS_0_ALGORITHMS=PS256
    KEYVEIL_TOKENS_ISSUERS_0_TYPES=JWT
    KEYVEIL_TOKENS_ISSUERS_0_LEEWAY=1s
    KEYVEIL_TOKENS_ISSUERS_0_MAX_LIFE=2m
    KEYVEIL_TOKENS_ISSUERS_0_REQUIRED_CLAIMS=sid
    KEYVEIL_TOKENS_ISSUERS_0_SCOPE_CLAIMS=scope
    KEYVEIL_TOKENS_ISSUERS_0_ROLE_CLAIMS=groups
    KEYVEIL_TOKENS_ISSUERS_1_ISSUER=two
    KEYVEIL_TOKENS_ISSUERS_1_AUDIENCE=second, other
    KEYVEIL_TOKENS_ISSUERS_1_SECRET=idp-secret-of-thirty-two-bytes-and-more
    KEYVEIL_TOKENS_ISSUERS_1_ALGORITHMS=HS256
    KEYVEIL_TOKENS_ISSUERS_1_TYPES=at+jwt
    KEYVEIL_TOKENS_ISSUERS_1_LEEWAY=4s
    KEYVEIL_TOKENS_ISSUERS_1_MAX_LIFE=5m
    KEYVEIL_TOKENS_ISSUERS_1_REQUIRED_CLAIMS=jti
    KEYVEIL_TOKENS_ISSUERS_1_SCOPE_CLAIMS=perms
    KEYVEIL_TOKENS_ISSUERS_1_ROLE_CLAIMS=/realm/roles
    KEYVEIL_STORE_URL=postgresql://db:5432/other
    KEYVEIL_STORE_USER=other
    KEYVEIL_STORE_PASSWORD=db-secret
    KEYVEIL_STORE_POOL_SIZE=80
    KEYVEIL_STORE_QUEUE_LIMIT=9
    KEYVEIL_STORE_QUERY_TIMEOUT=10s
    KEYVEIL_CACHE_MAX_ENTRIES=11
    KEYVEIL_CACHE_MAX_AGE=12m
    KEYVEIL_CACHE_DURING_OUTAGE=98s
    KEYVEIL_S3_ENDPOINT=https://s3.example.org
    KEYVEIL_S3_PUBLIC_ENDPOINT=https://dl.example.org:9000
    KEYVEIL_S3_REGION=eu-west-1
    KEYVEIL_S3_PATH_STYLE=true
    KEYVEIL_S3_BUCKETS=clinic-files,0012
    KEYVEIL_S3_OPAQUE_BUCKET=dl-2f9c41
    KEYVEIL_S3_OPAQUE_ENCRYPTION=AES256
    KEYVEIL_S3_OPAQUE_KMS_KEY=k-13
    KEYVEIL_S3_CHECKSUMS=when_supported
    KEYVEIL_S3_CREDENTIALS_ACCESS_KEY_ID=id-secret
    KEYVEIL_S3_CREDENTIALS_SECRET_ACCESS_KEY=key-secret
    KEYVEIL_S3_CREDENTIALS_SESSION_TOKEN=t-secret
    KEYVEIL_S3_CONNECTIONS=14
    KEYVEIL_S3_WAITING=15
    KEYVEIL_S3_BREAKER_CALLS=70
    KEYVEIL_S3_BREAKER_FAILING=71
    KEYVEIL_S3_BREAKER_PAUSE=72s
    KEYVEIL_S3_BREAKER_PROBES=73
    KEYVEIL_S3_CONNECT_TIMEOUT=160ms
    KEYVEIL_S3_CONTROL_TIMEOUT=17s
    KEYVEIL_DELIVERY_DEFAULT=stream
    KEYVEIL_DELIVERY_REDIRECT_ABOVE=18KiB
    KEYVEIL_DELIVERY_PRESIGNED_FOR=19s
    KEYVEIL_DELIVERY_READ_SCOPE=other:read
    KEYVEIL_DELIVERY_FIRST_BYTE_TIMEOUT=20s
    KEYVEIL_DELIVERY_STALL_TIMEOUT=21m
    KEYVEIL_DELIVERY_INLINE_TYPES=a/b
    KEYVEIL_DELIVERY_INTEGRITY=sha256
    KEYVEIL_DELIVERY_RESUME_ATTEMPTS=3
    KEYVEIL_DELIVERY_RESUME_BACKOFF=30ms
    KEYVEIL_DELIVERY_RESUME_STALL_TIMEOUT=31s
    KEYVEIL_DELIVERY_OFFLOAD_SECRET=offload-secret
    KEYVEIL_DELIVERY_OFFLOAD_LOCATION=/other
    KEYVEIL_DELIVERY_OFFLOAD_LOG=o.log
    KEYVEIL_DELIVERY_OFFLOAD_LONGEST=1h
    KEYVEIL_LINKS_LIFE=91s
    KEYVEIL_LINKS_MAX_LIFE=92m
    KEYVEIL_LINKS_WINDOW=93s
    KEYVEIL_LINKS_ATTEMPTS=94
    KEYVEIL_LINKS_KEEP=95h
    KEYVEIL_AUDIT_FOLDER=other/audit
    KEYVEIL_AUDIT_DURABILITY=write
    KEYVEIL_AUDIT_QUEUE_LIMIT=22
    KEYVEIL_AUDIT_INSTANCE=i-23
    KEYVEIL_AUDIT_ORIGIN=clinic/1
    KEYVEIL_AUDIT_REFUSAL_WINDOW=41s
    KEYVEIL_AUDIT_CHECKPOINT_RECORDS=42
    KEYVEIL_AUDIT_CHECKPOINT_INTERVAL=43s
    KEYVEIL_AUDIT_ROTATE_SIZE=44KiB
    KEYVEIL_AUDIT_ROTATE_AGE=45m
    KEYVEIL_AUDIT_SHIP_BUCKET=vault
    KEYVEIL_AUDIT_SHIP_PREFIX=a/
    KEYVEIL_AUDIT_SHIP_MODE=governance
    KEYVEIL_AUDIT_SHIP_RETENTION=46d
    KEYVEIL_AUDIT_SHIP_ENCRYPTION=AES256
    KEYVEIL_AUDIT_SHIP_KMS_KEY=k-47
    KEYVEIL_AUDIT_SHIP_INTERVAL=48s
    KEYVEIL_AUDIT_SHIP_KEEP=49d
    KEYVEIL_LIMITS_HEADERS=33KiB
    KEYVEIL_LIMITS_REQUEST_LINE=24KiB
    KEYVEIL_LIMITS_BODY=25KiB
    KEYVEIL_LIMITS_IDLE=26s
    KEYVEIL_LIMITS_DOWNLOADS=27
    KEYVEIL_LIMITS_DOWNLOADS_PER_SUBJECT=29
    KEYVEIL_CORS_ORIGINS=https://a.example.org,http://b:8080
    KEYVEIL_CORS_MAX_AGE=34s
    KEYVEIL_LIMITS_RATES_MODE=report
    KEYVEIL_LIMITS_RATES_REMEMBERED=3000
    KEYVEIL_LIMITS_RATES_ADDRESS_REQUESTS_PER_SECOND=32
    KEYVEIL_LIMITS_RATES_ADDRESS_REQUESTS_BURST=33
    KEYVEIL_LIMITS_RATES_ADDRESS_BYTES_PER_SECOND=34KiB
    KEYVEIL_LIMITS_RATES_ADDRESS_BYTES_BURST=35KiB
    KEYVEIL_LIMITS_RATES_SUBJECT_REQUESTS_PER_SECOND=36
    KEYVEIL_LIMITS_RATES_SUBJECT_REQUESTS_BURST=37
    KEYVEIL_LIMITS_RATES_SUBJECT_BYTES_PER_SECOND=38KiB
    KEYVEIL_LIMITS_RATES_SUBJECT_BYTES_BURST=39KiB
    KEYVEIL_LIMITS_RATES_REGISTRATION_PER_SECOND=40
    KEYVEIL_LIMITS_RATES_REGISTRATION_BURST=41
    KEYVEIL_LIMITS_RATES_MINTING_PER_SECOND=96
    KEYVEIL_LIMITS_RATES_MINTING_BURST=97
    KEYVEIL_LIMITS_RATES_FAILURES_PER_SECOND=42
    KEYVEIL_LIMITS_RATES_FAILURES_BURST=43
    KEYVEIL_PAGES_NAME=St. Anna
    KEYVEIL_PAGES_CONTACT=Tel. 12
    KEYVEIL_PAGES_LOGO=l.svg
    KEYVEIL_PAGES_ACCENT=#123456
    KEYVEIL_PAGES_LANGUAGE=fr
    KEYVEIL_PAGES_ZONE=Europe/Berlin
    KEYVEIL_PAGES_TEMPLATES=t
    KEYVEIL_DRAIN_DELAY=27s
    KEYVEIL_DRAIN_DEADLINE=28s
    """
        .lines()
        .map(line -> line.split("=", 2))
        .forEach(pair -> variables.put(pair[0], pair[1]));
    variables.put("KEYVEIL_AUDIT_SIGNING_KEY", SIGNING_KEY);
    return variables;
  }

  static Path defaultsFile() {
    return Path.of("conf", "keyveil.yaml");
  }
}
