package io.keyveil.app;

import io.keyveil.access.SharedSecret;
import io.keyveil.delivery.OffloadSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** An nginx that carries, on the configuration that we give out. */
final class Carrier implements AutoCloseable {
  static final String SECRET = "offload-secret-of-the-test";

  private static final String MODULE =
      "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so";

  private final Path folder;
  private final int port = Front.freePort();
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private Front front;

  /**
   * In front of a gateway on the loopback.
   *
   * @param s3 where it reads
   */
  Carrier(Path folder, int gateway, String s3) {
    this.folder = folder;
    replaced.put("modules", "load_module " + MODULE + ";\n");
    replaced.put("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl");
    replaced.put("files.example.org;", "localhost;");
    replaced.put("/etc/nginx/keyveil-cert.pem", folder.resolve("cert.pem").toString());
    replaced.put("/etc/nginx/keyveil-key.pem", folder.resolve("key.pem").toString());
    replaced.put("/var/log/nginx/keyveil-carried.log keyv", folder + "/carried.log keyv");
    replaced.put("REPLACE-BY-THE-SECRET", SECRET);
    replaced.put("10.0.0.11:8443", "127.0.0.1:" + gateway);
    replaced.put("server s3.eu-west-1.amazonaws.com:443;", "server " + s3 + ";");
    replaced.put("\"s3.eu-west-1.amazonaws.com\" \"https:", "\"" + s3 + "\" \"http:");
    front = Front.nginx(folder, "keyveil-offload.conf", port, replaced);
  }

  static void require() {
    Program.require("curl");
    Front.require("/usr/sbin/nginx");
    Assumptions.assumeTrue(
        Files.exists(Path.of(MODULE)), "libnginx-mod-http-headers-more-filter is not installed");
  }

  static OffloadSettings settings(Path folder) {
    return new OffloadSettings(
        Optional.of(SharedSecret.of(SECRET)),
        "/keyveil-internal",
        Optional.of(folder.resolve("carried.log")),
        Duration.ofHours(6));
  }

  int port() {
    return port;
  }

  String base() {
    return "https://localhost:" + port;
  }

  String output() {
    return front.output();
  }

  /** As the postrotate step of logrotate does. */
  void reopen() {
    front.signal("USR1");
  }

  /** Dies in the middle of whatever it does, and comes back. */
  void crash() {
    front.signal("KILL");
    front.awaitEnd();
    front = Front.nginx(folder, "keyveil-offload.conf", port, replaced);
  }

  @Override
  public void close() {
    front.close();
  }
}
