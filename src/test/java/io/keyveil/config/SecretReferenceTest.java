package io.keyveil.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyveil.s3.S3Credentials;
import io.keyveil.store.DatabasePassword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where secrets come from, and that no problem repeats one. */
final class SecretReferenceTest {
  private static final String PASSWORD = "KEYVEIL_STORE_PASSWORD";

  @TempDir private Path folder;
  private Path secret = Path.of("");

  @BeforeEach
  void writeSecret() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), "hunter2\n");
  }

  @Test
  void comesFromAVariableOrAFile() {
    assertThat(password("{env: DB}", Map.of("DB", "hunter2"))).isEqualTo(hunter2());
    assertThat(password("{file: " + secret + "}", Map.of())).isEqualTo(hunter2());
    assertThat(password("", Map.of(PASSWORD, "hunter2"))).isEqualTo(hunter2());
    assertThat(password("", Map.of(PASSWORD + "_FILE", secret.toString()))).isEqualTo(hunter2());
    assertThat(password("", Map.of(PASSWORD + "_ENV", "DB", "DB", "hunter2"))).isEqualTo(hunter2());
  }

  @Test
  void comesFromTheEnvironmentRatherThanWhereTheFileSays() {
    assertThat(password("{env: DB}", Map.of("DB", "other", PASSWORD, "hunter2")))
        .isEqualTo(hunter2());
  }

  @Test
  void losesOneNewlineAtItsEndAndNothingElse() throws IOException {
    Path spaced = Files.writeString(folder.resolve("spaced"), " a \n\r\n");
    assertThat(password("{file: " + spaced + "}", Map.of())).contains(DatabasePassword.of(" a \n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "[hunter2]",
        "{hunter2}",
        "{env: [hunter2]}",
        "{env: DB, file: hunter2}",
        "{value: hunter2}"
      })
  void isRefusedWhereItIsWrittenOut(String yaml) {
    assertThat(problems("store: {password: " + yaml + "}", Map.of("DB", "x")))
        .containsExactly("store.password: written out (expected: {env: NAME} or {file: PATH})");
  }

  @Test
  void isRefusedWrittenOutEvenIfTheEnvironmentHasAnother() {
    assertThat(problems("store: {password: hunter2}", Map.of(PASSWORD, "hunter2")))
        .containsExactly("store.password: written out (expected: {env: NAME} or {file: PATH})");
  }

  @Test
  void isRefusedWhereItCannotBeHad() throws IOException {
    assertThat(problems("store: {password: {env: hunter2}}", Map.of()))
        .containsExactly(
            "store.password.env: no such variable (expected: one that holds the secret)");
    assertThat(problems("store: {password: {env: DB}}", Map.of("DB", "")))
        .containsExactly("store.password.env: empty (expected: the secret)");
    assertThat(problems("store: {password: {file: hunter2}}", Map.of()))
        .containsExactly(
            "store.password.file: cannot be read (expected: a file that holds the secret)");
    assertThat(problems("", Map.of(PASSWORD, " ")))
        .containsExactly("store.password: empty (expected: the secret)");
    Files.writeString(secret, "\n");
    assertThat(problems("store: {password: {file: " + secret + "}}", Map.of()))
        .containsExactly("store.password.file: empty (expected: the secret)");
    Files.writeString(secret, "x".repeat(64 * 1024 + 1));
    assertThat(problems("store: {password: {file: " + secret + "}}", Map.of()))
        .containsExactly("store.password.file: too large (expected: at most 64KiB)");
    Files.write(secret, new byte[] {(byte) 0xff});
    assertThat(problems("store: {password: {file: " + secret + "}}", Map.of()))
        .containsExactly("store.password.file: no text (expected: UTF-8)");
  }

  @Test
  void isRefusedInSeveralWays() {
    assertThat(problems("", Map.of(PASSWORD, "hunter2", PASSWORD + "_FILE", secret.toString())))
        .containsExactly("store.password: given in 2 ways (expected: one)");
  }

  @Test
  void makesAccessKeysOfAPair() {
    Map<String, String> environment =
        Map.of(
            "KEYVEIL_S3_CREDENTIALS_ACCESS_KEY_ID", "id",
            "KEYVEIL_S3_CREDENTIALS_SECRET_ACCESS_KEY", "hunter2");
    assertThat(ConfigReader.parse(environment).s3().credentials())
        .contains(new S3Credentials("id", "hunter2", Optional.empty()));
    assertThat(ConfigReader.parse(environment).toString()).doesNotContain("hunter2");
  }

  @Test
  void isRefusedAsHalfAPair() {
    assertThat(problems("", Map.of("KEYVEIL_S3_CREDENTIALS_ACCESS_KEY_ID", "id")))
        .containsExactly(
            "s3.credentials.secretAccessKey: missing (expected: {env: NAME} or {file: PATH})");
    assertThat(
            problems(
                "s3: {credentials: {accessKeyId: {env: ID}, secretAccessKey: hunter2}}",
                Map.of("ID", "id")))
        .containsExactly(
            "s3.credentials.secretAccessKey: written out (expected: {env: NAME} or {file: PATH})");
    assertThat(problems("s3: {credentials: hunter2}", Map.of()))
        .containsExactly("s3.credentials: a single value (expected: settings by name)");
  }

  private static Optional<DatabasePassword> hunter2() {
    return Optional.of(DatabasePassword.of("hunter2"));
  }

  private Optional<DatabasePassword> password(String yaml, Map<String, String> environment) {
    return ConfigReader.parse(write("store: {password: " + yaml + "}"), environment)
        .store()
        .password();
  }

  private List<String> problems(String yaml, Map<String, String> environment) {
    InvalidConfigException refused =
        catchThrowableOfType(
            InvalidConfigException.class,
            () -> assertThat(ConfigReader.parse(write(yaml), environment)).isNull());
    assertThat(refused).as("a refusal").isNotNull();
    assertThat(refused).hasMessageNotContaining("hunter2");
    return refused.problems();
  }

  private Path write(String yaml) {
    try {
      return Files.writeString(folder.resolve("keyveil.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
