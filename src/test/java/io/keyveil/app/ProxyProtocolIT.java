package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.http.AddressBlock;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that a proxy names in a PROXY header, and others that would like to. */
@Tag("long")
class ProxyProtocolIT {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  @TempDir Path folder;

  @Test
  void takesTheClientFromTheHeaderOfATrustedPeer() {
    try (GatewayHarness gateway = behind(EdgeSettings.LOOPBACK)) {
      String id = upload(gateway);
      String v1 = "PROXY TCP4 203.0.113.9 127.0.0.1 40000 8443\r\n";
      assertThat(ask(gateway, v1, id)).startsWith("HTTP/1.1 200");
      assertThat(clients(gateway)).contains("203.0.113.9");
      String v6 = "PROXY TCP6 2001:db8::9 ::1 40000 8443\r\n";
      assertThat(ask(gateway, v6, id)).startsWith("HTTP/1.1 200");
      assertThat(clients(gateway)).contains("2001:db8:0:0:0:0:0:9");
      assertThat(ask(gateway, v2("21", "11", "c6336407 7f000001 9c40 20fb"), id))
          .startsWith("HTTP/1.1 200");
      assertThat(clients(gateway)).contains("198.51.100.7");
    }
  }

  @Test
  void doesNotBelieveWhatAProxiedClientForwards() {
    try (GatewayHarness gateway = behind(EdgeSettings.LOOPBACK)) {
      String id = upload(gateway);
      String answer =
          RawHttp.ask(
              gateway.gateway().port(),
              "PROXY TCP4 203.0.113.9 127.0.0.1 40000 8443\r\n"
                  + RawHttp.get(
                      "/files/" + id,
                      "Authorization",
                      "Bearer " + gateway.reader("alice"),
                      "X-Forwarded-For",
                      "192.0.2.66",
                      "Forwarded",
                      "for=192.0.2.66"));
      assertThat(answer).startsWith("HTTP/1.1 200");
      assertThat(clients(gateway)).contains("203.0.113.9").doesNotContain("192.0.2.66");
    }
  }

  @Test
  void answersHealthChecksThatNameNobody() {
    try (GatewayHarness gateway = behind(EdgeSettings.LOOPBACK)) {
      byte[] request = RawHttp.get("/openapi.yaml").getBytes(StandardCharsets.ISO_8859_1);
      byte[] local = join(HexFormat.of().parseHex(SIGNATURE + "20000000"), request);
      assertThat(RawHttp.ask(gateway.gateway().port(), local)).startsWith("HTTP/1.1 200");
      byte[] unknown = join("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII), request);
      assertThat(RawHttp.ask(gateway.gateway().port(), unknown)).startsWith("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PROXY\r\n",
        "PROXY TCP4 203.0.113.9 127.0.0.1 40000\r\n",
        "PROXY TCP4 nobody 127.0.0.1 40000 8443\r\n",
        "proxy TCP4 203.0.113.9 127.0.0.1 40000 8443\r\n",
      })
  void closesWhatHasNoHeader(String header) {
    try (GatewayHarness gateway = behind(EdgeSettings.LOOPBACK)) {
      assertThat(RawHttp.ask(gateway.gateway().port(), header + RawHttp.get("/openapi.yaml")))
          .isEmpty();
    }
  }

  /** Beside the addresses a header of version 2 may have fields, up to 64 KiB of them. */
  @Test
  void takesHugeFieldsAndIsNotBrokenByBadOnes() {
    try (GatewayHarness gateway = behind(EdgeSettings.LOOPBACK)) {
      String id = upload(gateway);
      String from = "c6336407 7f000001 9c40 20fb";
      assertThat(ask(gateway, v2("21", "11", from + "04" + "ea60" + "00".repeat(60_000)), id))
          .startsWith("HTTP/1.1 200");
      List<String> bad =
          List.of(
              // Longer than the header, and as long as can be.
              from + "04ffff00",
              // Too short for a length.
              from + "0400",
              // Fields in fields in fields.
              from + nested(60),
              from + nested(8000),
              // Fewer addresses than the family has.
              "c6336407");
      for (String fields : bad) {
        String answer = ask(gateway, v2("21", "11", fields), id);
        if (!answer.isEmpty()) {
          assertThat(answer).startsWith("HTTP/1.1 200");
        }
      }
      assertThat(ask(gateway, v2("21", "11", from), id)).startsWith("HTTP/1.1 200");
      assertThat(clients(gateway)).containsOnly("198.51.100.7");
      assertThat(gateway.management("/metrics").text())
          .contains("keyveil_alarms_total{kind=\"internal\"} 0.0");
    }
  }

  /** PP2_TYPE_SSL, so often in itself. */
  private static String nested(int depth) {
    StringBuilder all = new StringBuilder();
    for (int inner = depth - 1; inner >= 0; inner--) {
      all.append("20").append("%04x".formatted(5 + inner * 8)).append("01").append("00000000");
    }
    return all.toString();
  }

  @Test
  void closesWhatComesFromSomebodyElse() {
    try (GatewayHarness gateway = behind(EdgeSettings.blocks("203.0.113.0/24"))) {
      String header = "PROXY TCP4 203.0.113.9 127.0.0.1 40000 8443\r\n";
      assertThat(RawHttp.ask(gateway.gateway().port(), header + RawHttp.get("/openapi.yaml")))
          .isEmpty();
      assertThat(gateway.management("/metrics").text())
          .contains("keyveil_connections_refused_total{reason=\"proxy\"} 1.0");
      byte[] huge = v2("21", "11", "c6336407 7f000001 9c40 20fb04ea60" + "00".repeat(60_000));
      byte[] request = RawHttp.get("/openapi.yaml").getBytes(StandardCharsets.US_ASCII);
      assertThat(RawHttp.ask(gateway.gateway().port(), join(huge, request))).isEmpty();
    }
  }

  @Test
  void countsConnectionsOfTheClientAndNotOfTheProxy() throws Exception {
    try (GatewayHarness gateway =
        GatewayHarness.start(
            folder,
            settings ->
                EdgeSettings.listen(
                    settings,
                    listen ->
                        EdgeSettings.perAddress(
                            EdgeSettings.proxied(EdgeSettings.plain(listen), EdgeSettings.LOOPBACK),
                            1)))) {
      int port = gateway.gateway().port();
      String one = "PROXY TCP4 203.0.113.9 127.0.0.1 40000 8443\r\n";
      String two = "PROXY TCP4 203.0.113.10 127.0.0.1 40000 8443\r\n";
      try (var held = new Socket(InetAddress.getLoopbackAddress(), port)) {
        held.getOutputStream()
            .write(
                (one + "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(held.getInputStream().read()).isEqualTo('H');
        assertThat(RawHttp.ask(port, one + RawHttp.get("/openapi.yaml"))).isEmpty();
        assertThat(RawHttp.ask(port, two + RawHttp.get("/openapi.yaml")))
            .startsWith("HTTP/1.1 200");
      }
    }
  }

  private GatewayHarness behind(List<AddressBlock> trusted) {
    return GatewayHarness.start(
        folder,
        settings ->
            EdgeSettings.listen(
                settings, listen -> EdgeSettings.proxied(EdgeSettings.plain(listen), trusted)));
  }

  private static String upload(GatewayHarness gateway) {
    return gateway.opaqueFile(new byte[100], "alice", DeliveryPolicy.STREAM);
  }

  private static String ask(GatewayHarness gateway, String header, String id) {
    return ask(gateway, header.getBytes(StandardCharsets.US_ASCII), id);
  }

  private static String ask(GatewayHarness gateway, byte[] header, String id) {
    String request =
        RawHttp.get("/files/" + id, "Authorization", "Bearer " + gateway.reader("alice"));
    return RawHttp.ask(
        gateway.gateway().port(), join(header, request.getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] v2(String command, String family, String addresses) {
    byte[] body = HexFormat.of().parseHex(addresses.replace(" ", ""));
    return HexFormat.of()
        .parseHex(
            SIGNATURE
                + command
                + family
                + "%04x".formatted(body.length)
                + HexFormat.of().formatHex(body));
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  private static List<String> clients(GatewayHarness gateway) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> "intent".equals(record.getString("kind")))
        .map(record -> record.getString("client"))
        .toList();
  }
}
