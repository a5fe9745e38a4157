package io.keyveil.app;

import io.keyveil.app.Finding.Severity;
import io.keyveil.http.TlsFiles;
import io.keyveil.http.TlsPair;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks at the certificate: its key, its days, the order of its chain, the host it is for. */
record CertificateExam(TlsFiles files, URI publicUrl, Instant now) {
  private static final long SOON = 14;

  List<Finding> examine(Vertx vertx) {
    try {
      List<X509Certificate> chain = chain();
      Finding order = order(chain);
      if (order.severity() == Severity.FAILURE) {
        // No key can be loaded with it, and Java blames the key.
        return List.of(order);
      }
      var unused = TlsPair.load(vertx, files);
      return List.of(
          Finding.well("certificate key"), days(chain.get(0)), order, host(chain.get(0)));
    } catch (IOException e) {
      return List.of(
          Finding.failure(
              "certificate",
              files.certificate() + " cannot be read",
              "put the PEM chain there, readable to the user that keyveil runs as"));
    } catch (RuntimeException | CertificateException e) {
      return List.of(
          Finding.failure(
              "certificate",
              String.valueOf(e.getMessage()),
              "put the PEM chain and the key that belongs to it where listen.tls says"));
    }
  }

  private List<X509Certificate> chain() throws IOException, CertificateException {
    try (InputStream pem = Files.newInputStream(files.certificate())) {
      List<X509Certificate> chain = new ArrayList<>();
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        if (certificate instanceof X509Certificate known) {
          chain.add(known);
        }
      }
      return chain;
    }
  }

  private Finding days(X509Certificate own) {
    Instant end = own.getNotAfter().toInstant();
    long left = Duration.between(now, end).toDays();
    String remedy = "renew it, and put the new pair in its place";
    if (end.isBefore(now)) {
      return Finding.failure("certificate days", "it ended at " + end, remedy);
    }
    if (own.getNotBefore().toInstant().isAfter(now)) {
      return Finding.failure(
          "certificate days",
          "it begins at " + own.getNotBefore().toInstant(),
          "look at this machine's clock, or wait");
    }
    return left < SOON
        ? Finding.warning("certificate days", left + " days are left", remedy)
        : Finding.well("certificate days", left + " days are left");
  }

  private static Finding order(List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      return Finding.failure(
          "certificate chain", "the file holds no certificate", "put the PEM chain there");
    }
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!isIssued(chain.get(i), chain.get(i + 1))) {
        return Finding.failure(
            "certificate chain",
            "certificate " + (i + 2) + " of the file did not issue certificate " + (i + 1),
            "the gateway's own comes first, then each one's issuer; leave the root out");
      }
    }
    X509Certificate last = chain.get(chain.size() - 1);
    return chain.size() > 1 || isIssued(last, last)
        ? Finding.well("certificate chain")
        : Finding.note(
            "certificate chain",
            "there is one certificate alone",
            "append the intermediates, unless a root issued it: clients do not fetch them");
  }

  private static boolean isIssued(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private Finding host(X509Certificate own) {
    String host = publicUrl.getHost().toLowerCase(Locale.ROOT);
    return names(own).stream().anyMatch(name -> covers(name.toLowerCase(Locale.ROOT), host))
        ? Finding.well("certificate host")
        : Finding.failure(
            "certificate host",
            "it is not for " + host,
            "have one issued whose subjectAltName has the host of listen.publicUrl");
  }

  private static List<String> names(X509Certificate own) {
    try {
      return Optional.ofNullable(own.getSubjectAlternativeNames()).stream()
          .flatMap(Collection::stream)
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** RFC 9525 section 6.3: a star stands for the whole left-most label. */
  private static boolean covers(String name, String host) {
    int dot = host.indexOf('.');
    return name.equals(host)
        || (name.startsWith("*.") && dot > 0 && name.substring(1).equals(host.substring(dot)));
  }
}
