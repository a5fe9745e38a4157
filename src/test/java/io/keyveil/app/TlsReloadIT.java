package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoLibraries;
import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are replaced while the gateway runs. */
@Tag("long")
class TlsReloadIT {
  private static final int SIZE = 16 << 20;
  @TempDir Path folder;

  @Test
  void takesAnotherPairUpWithoutDroppingAStream() throws Exception {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      String id = gateway.opaqueFile(new byte[SIZE], "alice", DeliveryPolicy.STREAM);
      BigInteger before = serial(gateway);
      try (SSLSocket stream = new RawTls(gateway).open()) {
        String request =
            RawHttp.get("/files/" + id, "Authorization", "Bearer " + gateway.reader("alice"));
        stream.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream answer = stream.getInputStream();
        assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 200");
        DemoCertificate next = pair();
        write(next.certificate(), next.key());
        Wait.until("the new certificate", () -> !serial(gateway).equals(before));
        assertThat(answer.readAllBytes().length).isGreaterThan(SIZE);
        Wait.until(
            "its record",
            () ->
                gateway.audit().stream()
                    .anyMatch(
                        line ->
                            line.contains("\"action\":\"keys-rotated\"")
                                && line.contains("\"kind\":\"certificate\",\"value\":\"")));
      }
      HttpClientOptions options =
          new HttpClientOptions()
              .setSsl(true)
              .setTrustAll(true)
              .setVerifyHost(false)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2);
      HttpClientAgent second = gateway.held(gateway.vertx().createHttpClient(options));
      HttpVersion version =
          second
              .request(HttpMethod.GET, gateway.gateway().port(), "localhost", "/openapi.yaml")
              .compose(request -> request.send())
              .map(response -> response.version())
              .await();
      assertThat(version).isEqualTo(HttpVersion.HTTP_2);
      assertThat(alarms(gateway)).isZero();
    }
  }

  @Test
  void refusesABadPairAndKeepsTheOld() throws Exception {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      BigInteger before = serial(gateway);
      DemoCertificate other = pair();
      String key = Files.readString(folder.resolve("key.pem"));
      write("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", key);
      Wait.until("an alarm", () -> alarms(gateway) == 1);
      write(other.certificate(), key);
      Wait.until("an alarm", () -> alarms(gateway) == 2);
      String[] ended = ended();
      write(ended[0], ended[1]);
      Wait.until("an alarm", () -> alarms(gateway) == 3);
      Files.delete(folder.resolve("key.pem"));
      Wait.until("an alarm", () -> alarms(gateway) == 4);
      assertThat(serial(gateway)).isEqualTo(before);
      assertThat(days(gateway)).isPositive();
      write(other.certificate(), other.key());
      Wait.until("the good certificate", () -> !serial(gateway).equals(before));
      assertThat(alarms(gateway)).isEqualTo(4);
    }
  }

  private static DemoCertificate pair() {
    return DemoLibraries.load().certificate(List.of("localhost", "127.0.0.1"));
  }

  private void write(String certificate, String key) throws IOException {
    Files.writeString(folder.resolve("cert.pem"), certificate);
    Files.writeString(folder.resolve("key.pem"), key);
  }

  private String[] ended() throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Program.Result made =
        Program.run(
            folder,
            Map.of(),
            (keytool
                    + " -genkeypair -alias a -keyalg EC -dname CN=localhost -startdate -10d"
                    + " -validity 5 -keystore ended.p12 -storetype PKCS12 -storepass changeit")
                .split(" "));
    assertThat(made.code()).as(made.err()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(folder.resolve("ended.p12"))) {
      store.load(bytes, "changeit".toCharArray());
    }
    Key key = store.getKey("a", "changeit".toCharArray());
    return new String[] {
      pem("CERTIFICATE", store.getCertificate("a").getEncoded()),
      pem("PRIVATE KEY", key.getEncoded())
    };
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private static double alarms(GatewayHarness gateway) {
    return metric(gateway, "keyveil_alarms_total{kind=\"certificate-refused\"}");
  }

  private static double days(GatewayHarness gateway) {
    return metric(gateway, "keyveil_certificate_days");
  }

  private static double metric(GatewayHarness gateway, String name) {
    return Arrays.stream(gateway.management("/metrics").text().split("\n", -1))
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static BigInteger serial(GatewayHarness gateway) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      try (SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket("127.0.0.1", gateway.gateway().port())) {
        socket.startHandshake();
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Trusts everybody, to see who it is. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
