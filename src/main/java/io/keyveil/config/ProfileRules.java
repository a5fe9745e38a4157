package io.keyveil.config;

import io.keyveil.access.IssuerSettings;
import io.keyveil.access.TokenSettings;
import io.keyveil.http.AddressBlock;
import io.keyveil.http.ListenSettings;
import io.keyveil.s3.S3Settings;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What settings that are each in order may still not be together, where real data is at stake. */
final class ProfileRules {
  private static final List<AddressBlock> LOOPBACK =
      Stream.of("127.0.0.0/8", "::1").flatMap(text -> AddressBlock.parse(text).stream()).toList();

  private final Problems problems;

  private ProfileRules(Problems problems) {
    this.problems = problems;
  }

  /** Notes everything that the profile refuses; in development that is nothing. */
  static void check(KeyveilSettings settings, Problems problems) {
    if (settings.profile() == Profile.PRODUCTION) {
      ProfileRules rules = new ProfileRules(problems);
      rules.listen(settings.listen());
      rules.tokens(settings.tokens());
      rules.s3(settings.s3());
    }
  }

  private void listen(ListenSettings listen) {
    if (isPlain(listen.publicUrl())) {
      note("listen.publicUrl", listen.publicUrl().toString(), "https://");
    }
    if (listen.tls().isEmpty() && listen.trustedProxies().isEmpty()) {
      note("listen.tls", "off", "a certificate and key, or listen.trustedProxies that end TLS");
    }
  }

  private void tokens(TokenSettings tokens) {
    if (tokens.issuers().isEmpty()) {
      note("tokens.issuers", "none", "at least one, or no token is ever accepted");
    }
    for (int number = 0; number < tokens.issuers().size(); number++) {
      issuer("tokens.issuers." + number, tokens.issuers().get(number));
    }
  }

  private void issuer(String path, IssuerSettings issuer) {
    if (issuer.audience().isEmpty()) {
      note(path + ".audience", "nothing", "the name this gateway has in the tokens' aud");
    }
    if (issuer.keysOverPlainHttp()) {
      note(path + ".jwks", issuer.jwks(), "keys that come by https:// or from a file:");
    }
  }

  private void s3(S3Settings s3) {
    endpoint("s3.endpoint", s3.endpoint());
    endpoint("s3.publicEndpoint", s3.publicEndpoint());
  }

  private void endpoint(String path, Optional<URI> endpoint) {
    endpoint
        .filter(uri -> isPlain(uri) && !isThisMachine(uri.getHost()))
        .ifPresent(uri -> note(path, uri.toString(), "https://, or http:// on this machine"));
  }

  /** By the literal address: what a name leads to may change after this check. */
  private static boolean isThisMachine(String host) {
    return host.equalsIgnoreCase("localhost")
        || LOOPBACK.stream().anyMatch(block -> block.contains(host));
  }

  private static boolean isPlain(URI uri) {
    return "http".equals(uri.getScheme().toLowerCase(Locale.ROOT));
  }

  private void note(String path, String found, String expected) {
    problems.note(path, found, "in production " + expected);
  }
}
