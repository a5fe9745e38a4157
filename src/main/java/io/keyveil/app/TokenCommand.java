package io.keyveil.app;

import io.keyveil.access.TokenMint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyveil token}: mints a token for trying things out. */
@Command(
    name = "token",
    description = "Mint a token for trying things out, and print it.",
    mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--key",
      required = true,
      paramLabel = "PEM",
      description = "The issuer's private key (PKCS#8).")
  private Path key = Path.of("");

  @Option(names = "--issuer", required = true, description = "The issuer (iss).")
  private String issuer = "";

  @Option(names = "--audience", required = true, description = "The audience (aud).")
  private String audience = "";

  @Option(names = "--subject", required = true, description = "Whom it speaks for (sub).")
  private String subject = "";

  @Option(names = "--scope", description = "Scopes, separated by spaces.")
  private String scope = "";

  @Option(
      names = "--claim",
      paramLabel = "NAME=VALUE",
      description = "A further claim; may be repeated, also for one name.")
  private List<String> claims = new ArrayList<>();

  @Option(names = "--kid", description = "The key's ID; by default its RFC 7638 thumbprint.")
  private @Nullable String kid;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      converter = Lifetime.class,
      defaultValue = "10m",
      description = "How long it lives (default: ${DEFAULT-VALUE}).")
  private Duration expires = Duration.ofMinutes(10);

  @Override
  public Integer call() {
    Map<String, List<String>> named = claims();
    TokenMint mint =
        TokenMint.of(
            readKey(), Optional.ofNullable(kid), InstantSource.system(), new SecureRandom());
    String token =
        mint.mint(new TokenMint.Grant(issuer, audience, subject, scopes(), named, expires));
    spec.commandLine().getOut().println(token);
    spec.commandLine().getOut().flush();
    return 0;
  }

  private String readKey() {
    try {
      return Files.readString(key);
    } catch (IOException e) {
      throw new CommandFailedException(
          "--key: " + key + " cannot be read (expected: a PEM file with a private key)");
    }
  }

  private Set<String> scopes() {
    Set<String> scopes = new LinkedHashSet<>(List.of(scope.strip().split("\\s+")));
    scopes.remove("");
    return scopes;
  }

  private Map<String, List<String>> claims() {
    Map<String, List<String>> named = new LinkedHashMap<>();
    for (String claim : claims) {
      int equals = claim.indexOf('=');
      if (equals < 1) {
        throw new ParameterException(
            spec.commandLine(), "--claim: " + claim + " (expected: NAME=VALUE)");
      }
      named
          .computeIfAbsent(claim.substring(0, equals), name -> new ArrayList<>())
          .add(claim.substring(equals + 1));
    }
    return named;
  }
}
