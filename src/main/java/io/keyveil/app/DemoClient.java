package io.keyveil.app;

import io.keyveil.file.FileRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client of the demo's gateway that does one thing at a time and says what came of it. */
final class DemoClient {
  private final HttpClient http;
  private final String url;
  private boolean failed;

  DemoClient(Path authority, String url) throws IOException {
    this.http = HttpClient.newBuilder().sslContext(trusting(authority)).build();
    this.url = url;
  }

  void stream(PrintWriter out, String what, FileRecord file, String token) throws IOException {
    HttpResponse<byte[]> answer = get("/files/" + file.id(), token);
    tell(
        out,
        answer.statusCode() == 200,
        what,
        String.format(
            Locale.ROOT,
            "%d, %d bytes, SHA-256 %s...",
            answer.statusCode(),
            answer.body().length,
            DemoFiles.sha256(answer.body()).substring(0, 12)));
  }

  void redirect(PrintWriter out, String what, FileRecord file, String token) throws IOException {
    HttpResponse<byte[]> answer = get("/files/" + file.id() + "?delivery=redirect", token);
    String location = answer.headers().firstValue("location").orElse("");
    int followed = location.isEmpty() ? 0 : follow(location);
    tell(
        out,
        answer.statusCode() == 302 && followed == file.size(),
        what,
        answer.statusCode() + ", then " + followed + " bytes from S3 itself");
  }

  void refuse(PrintWriter out, String what, String id, String token) throws IOException {
    HttpResponse<byte[]> answer = get("/files/" + id, token);
    tell(out, answer.statusCode() == 404, what, Integer.toString(answer.statusCode()));
  }

  /** Whether anything came out otherwise than it should have. */
  boolean failed() {
    return failed;
  }

  private void tell(PrintWriter out, boolean well, String what, String came) {
    failed |= !well;
    out.printf(Locale.ROOT, "  %s %s: %s%n", well ? "ok  " : "FAIL", what, came);
  }

  private HttpResponse<byte[]> get(String path, String token) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token)
            .build());
  }

  private int follow(String location) throws IOException {
    return send(HttpRequest.newBuilder(URI.create(location)).build()).body().length;
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted");
    }
  }

  private static SSLContext trusting(Path authority) throws IOException {
    try (InputStream pem = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "demo", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new CommandFailedException("the demo's certificate cannot be trusted: " + authority);
    }
  }
}
