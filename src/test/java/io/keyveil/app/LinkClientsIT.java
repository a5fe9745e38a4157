package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.app.Program.Result;
import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real clients on one-time links: whole, over a network that breaks in the middle, and redirected.
 * Writes {@code target/link-clients.txt}.
 */
class LinkClientsIT {
  private static final byte[] CONTENT = bytes(6 << 20);
  private static final byte[] OPAQUE = bytes(17 << 20);
  private static final List<String> TABLE = new CopyOnWriteArrayList<>();

  @TempDir static Path folder;
  @TempDir Path work;
  private static GatewayHarness gateway;
  private static String named;
  private static String opaque;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    named = gateway.file("patients/Jane Doe.bin", CONTENT, "alice", "stream");
    opaque = gateway.opaqueFile(OPAQUE, "alice", DeliveryPolicy.AUTO);
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    List<String> rows = TABLE.stream().sorted().toList();
    rows.forEach(System.out::println);
    Path unused = Files.write(Path.of("target", "link-clients.txt"), rows);
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** A client that downloads one address into a file, and goes on with what is there already. */
  enum Client {
    CURL {
      @Override
      byte[] get(LinkClientsIT test, String url) throws IOException {
        return test.again("curl", "-sS", "-L", "--cacert", ca(), "-C", "-", "-o", "file", url);
      }
    },
    WGET {
      @Override
      byte[] get(LinkClientsIT test, String url) throws IOException {
        return test.again(
            "wget", "-q", "-c", "--tries=5", "--ca-certificate=" + ca(), "-O", "file", url);
      }
    },
    ARIA2C {
      @Override
      byte[] get(LinkClientsIT test, String url) throws IOException {
        return test.again(
            "aria2c",
            "-q",
            "-x4",
            "-s4",
            "--min-split-size=1M",
            "--retry-wait=0",
            "--allow-overwrite=false",
            "-c",
            "--ca-certificate=" + ca(),
            "-o",
            "file",
            url);
      }
    },
    OKHTTP {
      @Override
      byte[] get(LinkClientsIT test, String url) throws IOException {
        return resumed((from, into) -> okhttp(url, from, into));
      }
    },
    JAVA_NET_HTTP {
      @Override
      byte[] get(LinkClientsIT test, String url) throws IOException {
        return resumed((from, into) -> javaNetHttp(url, from, into));
      }
    };

    abstract byte[] get(LinkClientsIT test, String url) throws IOException;

    void require() {
      if (compareTo(OKHTTP) < 0) {
        Program.require(name().toLowerCase(Locale.ROOT));
      }
    }
  }

  /** Asks from an offset on. */
  @FunctionalInterface
  private interface Attempt {
    void ask(long from, ByteArrayOutputStream into) throws IOException;
  }

  private static String ca() {
    return folder.resolve("cert.pem").toString();
  }

  /** As a person does who tries once more when it broke. */
  private byte[] again(String... command) throws IOException {
    Result result = Program.run(work, Map.of(), command);
    for (int i = 0; i < 3 && result.code() != 0; i++) {
      result = Program.run(work, Map.of(), command);
    }
    assertThat(result.code()).as(result.err()).isZero();
    return Files.readAllBytes(work.resolve("file"));
  }

  private static byte[] resumed(Attempt attempt) throws IOException {
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    for (int i = 0; ; i++) {
      try {
        attempt.ask(got.size(), got);
        return got.toByteArray();
      } catch (IOException e) {
        if (i == 3) {
          throw e;
        }
      }
    }
  }

  private static void okhttp(String url, long from, ByteArrayOutputStream into) throws IOException {
    X509TrustManager trust = trust();
    OkHttpClient client =
        new OkHttpClient.Builder()
            .sslSocketFactory(context(trust).getSocketFactory(), trust)
            .build();
    Request.Builder request = new Request.Builder().url(url);
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try (Response response = client.newCall(request.build()).execute()) {
      assertThat(response.code()).isEqualTo(from > 0 ? 206 : 200);
      copy(response.body().byteStream(), into);
    }
  }

  private static void javaNetHttp(String url, long from, ByteArrayOutputStream into)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try {
      HttpResponse<InputStream> response =
          HttpClient.newBuilder()
              .sslContext(context(trust()))
              .followRedirects(HttpClient.Redirect.ALWAYS)
              .build()
              .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(from > 0 ? 206 : 200);
      copy(response.body(), into);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Keeps what came before a break. */
  private static void copy(InputStream from, ByteArrayOutputStream into) throws IOException {
    byte[] buffer = new byte[64 << 10];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      into.write(buffer, 0, count);
    }
  }

  private static X509TrustManager trust() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "gateway",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(Files.readAllBytes(folder.resolve("cert.pem")))));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static SSLContext context(X509TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new X509TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonObject mint(String file, String wish) {
    Answer answer =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files/" + file + "/links",
            Optional.of(gateway.operator()),
            Buffer.buffer(wish),
            "Content-Type",
            "application/json");
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.body().toJsonObject();
  }

  private static String at(int port, JsonObject link) {
    return "https://localhost:" + port + URI.create(link.getString("url")).getPath();
  }

  private static void assertUsedUp(JsonObject link) {
    Answer second =
        gateway.send(
            HttpMethod.GET,
            URI.create(link.getString("url")).getPath(),
            Optional.empty(),
            Buffer.buffer(),
            "User-Agent",
            "a second person's");
    assertThat(second.status()).isEqualTo(410);
  }

  private static void row(Client client, String what) {
    TABLE.add(String.format("%-14s %-10s whole, then 410 for a second person", client, what));
  }

  @ParameterizedTest
  @EnumSource
  void downloadsOnce(Client client) throws IOException {
    client.require();
    JsonObject link = mint(named, "{\"maxDownloads\": 1}");
    assertThat(client.get(this, at(gateway.gateway().port(), link))).isEqualTo(CONTENT);
    assertUsedUp(link);
    row(client, "stream");
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAfterTheNetworkBroke(Client client) throws IOException {
    client.require();
    JsonObject link = mint(named, "{\"maxDownloads\": 1}");
    try (CuttingProxy network =
        CuttingProxy.before(gateway.vertx(), gateway.gateway().port(), 2 << 20)) {
      assertThat(client.get(this, at(network.port(), link))).isEqualTo(CONTENT);
      assertThat(network.broke()).isTrue();
    }
    assertUsedUp(link);
    row(client, "resume");
  }

  @ParameterizedTest
  @EnumSource
  void followsTheRedirectOfALargeOpaqueFile(Client client) throws IOException {
    client.require();
    JsonObject link = mint(opaque, "{\"maxDownloads\": 1}");
    assertThat(client.get(this, at(gateway.gateway().port(), link))).isEqualTo(OPAQUE);
    assertUsedUp(link);
    row(client, "redirect");
  }

  @Test
  void readsARegionOfABamThroughALinkSet() throws IOException {
    Program.require("samtools");
    Path sam = work.resolve("sample.sam");
    StringBuilder text =
        new StringBuilder("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:9000000\n");
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder bases = new StringBuilder();
      random.ints(100, 0, 4).forEach(base -> bases.append("ACGT".charAt(base)));
      text.append("r").append(i).append("\t0\tchr1\t").append(1 + i * 400);
      text.append("\t60\t100M\t*\t0\t0\t").append(bases).append("\t").append("I".repeat(100));
      text.append('\n');
    }
    Path unused = Files.writeString(sam, text);
    assertThat(samtools("view", "-b", "-o", "sample.bam", "sample.sam").code()).isZero();
    assertThat(samtools("index", "sample.bam").code()).isZero();
    byte[] bam = Files.readAllBytes(work.resolve("sample.bam"));
    String file = gateway.file("genomes/Jane Doe.bam", bam, "alice", "stream");
    String index =
        gateway.file(
            "genomes/Jane Doe.bam.bai",
            Files.readAllBytes(work.resolve("sample.bam.bai")),
            "alice",
            "stream");
    JsonObject link =
        mint(file, "{\"name\": \"s.bam\", \"siblings\": {\"s.bam.bai\": \"" + index + "\"}}");
    String region = "chr1:4000000-4010000";
    Result remote =
        Program.run(
            work,
            Map.of("CURL_CA_BUNDLE", ca()),
            "samtools",
            "view",
            at(gateway.gateway().port(), link),
            region);
    assertThat(remote.code()).as(remote.err()).isZero();
    Result local = samtools("view", "sample.bam", region);
    assertThat(remote.out()).isEqualTo(local.out()).isNotEmpty();
    TABLE.add("samtools       region     same reads as from the file beside it");
  }

  private Result samtools(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "samtools";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Program.run(work, Map.of(), command);
  }
}
