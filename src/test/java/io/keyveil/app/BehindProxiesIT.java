package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.http.ListenSettings;
import io.keyveil.http.PathPrefix;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway behind real proxies, with the configurations that we give out. */
class BehindProxiesIT {
  private static final byte[] CONTENT = new byte[100_000];

  @TempDir Path folder;

  @Test
  void isHiddenBehindHaproxyThatEndsTls() throws Exception {
    Program.require("curl");
    int tls = Front.freePort();
    int plain = Front.freePort();
    try (GatewayHarness gateway = gateway(EdgeSettings::plain);
        Front front = http(gateway, tls, plain)) {
      String id = gateway.opaqueFile(CONTENT, "alice", DeliveryPolicy.STREAM);
      Program.Result got =
          curl(
              "https://localhost:" + tls + "/files/" + id,
              "-H",
              "Authorization: Bearer " + gateway.reader("alice"),
              "-H",
              "X-Forwarded-For: 192.0.2.66",
              "-H",
              "Forwarded: for=192.0.2.67",
              "-H",
              "X-Forwarded-Host: evil.test",
              "--interface",
              "127.0.0.5");
      assertThat(got.out()).startsWith("HTTP/2 200").contains("strict-transport-security");
      assertThat(Files.readAllBytes(folder.resolve("got"))).isEqualTo(CONTENT);
      assertThat(clients(gateway)).containsOnly("127.0.0.5");
      String url = "http://localhost:" + plain + "/links/secret";
      assertThat(curl(url).out()).startsWith("HTTP/1.1 308").contains("location: https://");
      assertThat(curl(url, "-H", "Authorization: Bearer x").out()).startsWith("HTTP/1.1 400");
      assertThat(front.output()).doesNotContain("ALERT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"send-proxy-v2", "send-proxy"})
  void isToldTheClientThroughTcp(String version) throws Exception {
    Program.require("curl");
    int port = Front.freePort();
    try (GatewayHarness gateway =
            gateway(listen -> EdgeSettings.proxied(listen, EdgeSettings.LOOPBACK));
        Front front = tcp(gateway, port, version)) {
      String id = direct(gateway);
      Program.Result got =
          curl(
              "https://localhost:" + port + "/files/" + id,
              "-H",
              "Authorization: Bearer " + gateway.reader("alice"),
              "-H",
              "X-Forwarded-For: 192.0.2.66",
              "--interface",
              "127.1.2.3");
      assertThat(got.out()).startsWith("HTTP/2 200");
      assertThat(clients(gateway)).containsOnly("127.1.2.3");
      assertThat(front.output()).doesNotContain("ALERT");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isUnderAPathBehindNginx(boolean stripped) throws Exception {
    Program.require("curl");
    int port = Front.freePort();
    try (GatewayHarness gateway =
        gateway(
            listen ->
                EdgeSettings.at(
                    EdgeSettings.plain(listen),
                    "https://localhost:" + port + "/dl",
                    stripped ? PathPrefix.STRIPPED : PathPrefix.KEPT))) {
      String id = direct(gateway);
      Map<String, String> replaced = nginx(gateway, port);
      if (!stripped) {
        replaced.put("proxy_pass http://keyveil/;", "proxy_pass http://keyveil;");
      }
      try (Front front = Front.nginx(folder, "keyveil.conf", port, replaced)) {
        String base = "https://localhost:" + port + "/dl";
        Program.Result got =
            curl(
                base + "/files/" + id,
                "-H",
                "Authorization: Bearer " + gateway.reader("alice"),
                "-H",
                "X-Forwarded-For: 192.0.2.66",
                "-H",
                "Forwarded: for=192.0.2.67",
                "--interface",
                "127.0.0.5");
        assertThat(got.out()).startsWith("HTTP/2 200");
        assertThat(Files.readAllBytes(folder.resolve("got"))).isEqualTo(CONTENT);
        assertThat(clients(gateway)).containsOnly("127.0.0.5");
        Program.Result minted =
            curl(
                base + "/api/v1/files/" + id + "/links",
                "-H",
                "Authorization: Bearer " + gateway.operator(),
                "-H",
                "Content-Type: application/json",
                "-d",
                "{}");
        assertThat(minted.out()).contains("location: /dl/api/v1/links/");
        String url = new JsonObject(Files.readString(folder.resolve("got"))).getString("url");
        assertThat(curl(url).out()).startsWith("HTTP/2 200");
        assertThat(Files.readAllBytes(folder.resolve("got"))).isEqualTo(CONTENT);
        assertThat(Files.readString(folder.resolve("access.log")))
            .contains("\"client\":\"127.0.0.5\"")
            .doesNotContain(url.substring(url.lastIndexOf('/')));
        assertThat(front.output()).doesNotContain("[emerg]");
      }
    }
  }

  /** Registered in this process, since what comes over HTTP has to come through the proxy. */
  private static String direct(GatewayHarness gateway) {
    return gateway.opaqueFile(CONTENT, "alice", DeliveryPolicy.STREAM);
  }

  private GatewayHarness gateway(UnaryOperator<ListenSettings> change) {
    return GatewayHarness.start(folder, settings -> EdgeSettings.listen(settings, change));
  }

  private Front http(GatewayHarness gateway, int tls, int plain) {
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put("bind :443", "bind 127.0.0.1:" + tls);
    replaced.put("bind :80", "bind 127.0.0.1:" + plain);
    replaced.put("/etc/haproxy/keyveil.pem", Front.pem(folder).toString());
    replaced.put("maxconn 20000", "maxconn 200");
    replaced.put("    server two 10.0.0.12:8443\n", "");
    replaced.put("    server three 10.0.0.13:8443\n", "");
    replaced.put("10.0.0.11:8443", "127.0.0.1:" + gateway.gateway().port());
    replaced.put("check port 9090", "check port " + gateway.gateway().managementPort());
    return Front.haproxy(folder, "keyveil.cfg", tls, replaced);
  }

  private Front tcp(GatewayHarness gateway, int port, String version) {
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put("bind :443", "bind 127.0.0.1:" + port);
    replaced.put("maxconn 20000", "maxconn 200");
    replaced.put("rise 1 send-proxy-v2", "rise 1 " + version);
    replaced.put("    server two 10.0.0.12:8443\n", "");
    replaced.put("10.0.0.11:8443", "127.0.0.1:" + gateway.gateway().port());
    replaced.put("check port 9090", "check port " + gateway.gateway().managementPort());
    return Front.haproxy(folder, "keyveil-tcp.cfg", port, replaced);
  }

  private Map<String, String> nginx(GatewayHarness gateway, int port) {
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl");
    replaced.put("files.example.org;", "localhost;");
    replaced.put("/etc/nginx/keyveil-cert.pem", folder.resolve("cert.pem").toString());
    replaced.put("/etc/nginx/keyveil-key.pem", folder.resolve("key.pem").toString());
    replaced.put("/var/log/nginx/keyveil.log", folder.resolve("access.log").toString());
    replaced.put("/var/log/nginx/keyveil-error.log", folder.resolve("error.log").toString());
    replaced.put("    server 10.0.0.12:8443 max_fails=1 fail_timeout=2s;\n", "");
    replaced.put("10.0.0.11:8443", "127.0.0.1:" + gateway.gateway().port());
    return replaced;
  }

  /** The header fields on standard output, the body in {@code got}. */
  private Program.Result curl(String url, String... options) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("curl", "-sS", "--retry", "5", "--cacert", "cert.pem", "-D", "-", "-o", "got"));
    command.addAll(List.of(options));
    command.add(url);
    return Program.run(folder, Map.of(), command.toArray(String[]::new));
  }

  private static List<String> clients(GatewayHarness gateway) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> "intent".equals(record.getString("kind")))
        .map(record -> record.getString("client"))
        .toList();
  }
}
