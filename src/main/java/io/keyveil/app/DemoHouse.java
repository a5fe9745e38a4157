package io.keyveil.app;

import io.keyveil.access.IssuerKeyPair;
import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoKit;
import io.keyveil.demo.DemoLibraries;
import io.keyveil.demo.DemoS3;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What the demo's gateway stands on: an S3 server, a certificate, an issuer's key pair and the
 * configuration that points to them, all in one folder that may be used again.
 */
final class DemoHouse implements AutoCloseable {
  static final String BUCKET = "clinic-files";
  static final String OPAQUE_BUCKET = "dl-2f9c41";
  static final String REGION = "us-east-1";
  static final String ISSUER = "https://idp.demo.keyveil.example/";
  static final String AUDIENCE = "keyveil";

  /** Of a clinic that does not exist. */
  private static final String LOGO =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 40\"><rect width=\"40\""
          + " height=\"40\" rx=\"10\" fill=\"#0b6072\"/><path d=\"M6 26c4.7-5 9.3-5 14 0s9.3 5 14 0\""
          + " fill=\"none\" stroke=\"#fff\" stroke-width=\"4\" stroke-linecap=\"round\"/><circle"
          + " cx=\"27\" cy=\"13\" r=\"4\" fill=\"#fff\"/></svg>";

  private final Path folder;
  private final DemoS3 s3;
  private final String accessKeyId;
  private final String secretAccessKey;

  private DemoHouse(Path folder, DemoS3 s3, String accessKeyId, String secretAccessKey) {
    this.folder = folder;
    this.s3 = s3;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
  }

  static DemoHouse build(Path folder, int port) throws IOException {
    DemoKit kit = DemoLibraries.load();
    SecureRandom random = new SecureRandom();
    Files.createDirectories(folder.resolve("secrets"));
    String accessKeyId = secret(folder, "s3-access-key-id", hex(random, 10));
    String secretAccessKey = secret(folder, "s3-secret-access-key", hex(random, 20));
    if (!Files.exists(folder.resolve("cert.pem"))) {
      DemoCertificate pair = kit.certificate(List.of("localhost", "127.0.0.1", "::1"));
      write(folder.resolve("key.pem"), pair.key());
      write(folder.resolve("cert.pem"), pair.certificate());
    }
    if (!Files.exists(folder.resolve("jwks.json"))) {
      IssuerKeyPair pair = IssuerKeyPair.generate(random);
      write(folder.resolve("issuer-key.pem"), pair.privatePem());
      write(folder.resolve("jwks.json"), pair.jwkSet().toString());
    }
    if (!Files.exists(folder.resolve("audit-public.pem"))) {
      writeAuditKey(folder);
    }
    DemoS3 s3 =
        kit.startS3(
            folder.resolve("s3"), accessKeyId, secretAccessKey, List.of(BUCKET, OPAQUE_BUCKET));
    DemoHouse house = new DemoHouse(folder, s3, accessKeyId, secretAccessKey);
    Files.writeString(folder.resolve("logo.svg"), LOGO);
    Files.writeString(house.config(), house.yaml(port == 0 ? freePort() : port));
    return house;
  }

  Path folder() {
    return folder;
  }

  Path config() {
    return folder.resolve("keyveil.yaml");
  }

  Path authority() {
    return folder.resolve("cert.pem");
  }

  Path certificateKey() {
    return folder.resolve("key.pem");
  }

  Path issuerKey() {
    return folder.resolve("issuer-key.pem");
  }

  DemoS3 s3() {
    return s3;
  }

  String accessKeyId() {
    return accessKeyId;
  }

  String secretAccessKey() {
    return secretAccessKey;
  }

  /** What checkpoints of the audit log are verified with. */
  Path auditKey() {
    return folder.resolve("audit-public.pem");
  }

  @Override
  public void close() {
    s3.close();
  }

  private String yaml(int port) {
    return """
        profile: production
        listen:
          host: 127.0.0.1
          port: %d
          publicUrl: https://localhost:%d
          tls: {certificate: "%s/cert.pem", key: "%s/key.pem"}
        management: {host: 127.0.0.1, port: 0}
        tokens:
          issuers:
            - issuer: %s
              audience: %s
              jwks: "file:%s/jwks.json"
              algorithms: [RS256]
        store: {url: "sqlite:%s/keyveil.db"}
        s3:
          endpoint: %s
          region: %s
          pathStyle: true
          buckets: [%s]
          opaqueBucket: %s
          opaqueEncryption: none
          credentials:
            accessKeyId: {file: "%s/secrets/s3-access-key-id"}
            secretAccessKey: {file: "%s/secrets/s3-secret-access-key"}
        audit: {folder: "%s/audit", signingKey: {file: "%s/secrets/audit-key.pem"}}
        pages: {name: "Lakeside Clinic", contact: "01632 960 123", logo: "%s/logo.svg"}
        drain: {deadline: 10s}
        """
        .formatted(
            port,
            port,
            folder,
            folder,
            ISSUER,
            AUDIENCE,
            folder,
            folder,
            s3.endpoint(),
            REGION,
            BUCKET,
            OPAQUE_BUCKET,
            folder,
            folder,
            folder,
            folder,
            folder);
  }

  /** The configuration says where links lead, so the port has to be known before it is taken. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String secret(Path folder, String name, String fresh) throws IOException {
    Path file = folder.resolve("secrets").resolve(name);
    if (!Files.exists(file)) {
      write(file, fresh);
    }
    return Files.readString(file, StandardCharsets.US_ASCII).strip();
  }

  private static void writeAuditKey(Path folder) throws IOException {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      write(folder.resolve("secrets/audit-key.pem"), pem("PRIVATE KEY", pair.getPrivate()));
      write(folder.resolve("audit-public.pem"), pem("PUBLIC KEY", pair.getPublic()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
    }
  }

  private static String pem(String label, Key key) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, text);
  }

  private static String hex(SecureRandom random, int count) {
    byte[] bits = new byte[count];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits).toUpperCase(Locale.ROOT);
  }
}
