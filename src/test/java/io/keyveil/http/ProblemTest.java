package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.page.Notice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What errors say, and to whom. */
final class ProblemTest {
  private static final List<Problem> ALL =
      List.of(
          Problem.NO_CREDENTIAL,
          Problem.INVALID_TOKEN,
          Problem.NOT_FOUND,
          Problem.GONE,
          Problem.PRECONDITION_FAILED,
          Problem.PRECONDITION_FORM,
          Problem.INTERNAL,
          Problem.BAD_GATEWAY,
          Problem.UPSTREAM_TIMEOUT,
          Problem.BODY_TOO_LARGE,
          Problem.NOT_JSON,
          Problem.unavailable("Later."),
          Problem.insufficientScope("files:read"),
          Problem.invalidRequest("Badly made."),
          Problem.methodNotAllowed("GET, HEAD"),
          Problem.invalidFields(400, List.of("name: missing (expected: a file name)")));

  @Test
  void challengesWithoutACredentialAndWithoutAnError() {
    assertThat(Problem.NO_CREDENTIAL.fields())
        .containsEntry("WWW-Authenticate", "Bearer realm=\"keyveil\"");
  }

  @Test
  void namesTheErrorOfACredential() {
    assertThat(Problem.INVALID_TOKEN.fields().get("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"keyveil\", error=\"invalid_token\"");
    assertThat(Problem.insufficientScope("files:read").fields().get("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"keyveil\", error=\"insufficient_scope\", scope=\"files:read\"");
    assertThat(Problem.invalidRequest("x").fields().get("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"keyveil\", error=\"invalid_request\"");
  }

  @Test
  void saysWhenToComeAgainAndWhatIsAllowed() {
    assertThat(Problem.unavailable("Later.").fields()).containsEntry("Retry-After", "5");
    assertThat(Problem.methodNotAllowed("GET, HEAD").fields()).containsEntry("Allow", "GET, HEAD");
  }

  @Test
  void keepsItsFieldsWhenOneIsAdded() {
    Problem both = Problem.unavailable("Later.").with("Connection", "close");
    assertThat(both.fields()).containsOnlyKeys("Retry-After", "Connection");
    assertThat(both.detail()).isEqualTo("Later.");
    assertThat(Problem.unavailable("Later.").fields()).containsOnlyKeys("Retry-After");
  }

  @Test
  void isWrittenAsTheContractSays() {
    OpenApiDocument contract = OpenApiDocument.load();
    assertThat(ALL)
        .allSatisfy(
            problem ->
                assertThat(contract.objections(contract.schema("Problem"), Answers.json(problem)))
                    .isEmpty());
  }

  @Test
  void isListedInTheContractWithTheSameWords() {
    List<String> documented =
        OpenApiDocument.load().examplesOf("Problem").stream()
            .map(example -> example.path("type").asText() + " " + example.path("title").asText())
            .toList();
    assertThat(ALL.stream().filter(problem -> !problem.equals(Problem.NO_CREDENTIAL)))
        .allSatisfy(
            problem ->
                assertThat(documented)
                    .contains("urn:keyveil:problem:" + problem.code() + " " + problem.title()));
  }

  @Test
  void hasAPageOfItsOwnForPeople() {
    assertThat(ALL.stream().map(problem -> problem.code() + " " + problem.notice()))
        .containsExactly(
            "no-credential SIGN_IN",
            "invalid-token SIGN_IN",
            "not-found NOT_FOUND",
            "gone GONE",
            "precondition-failed BAD_REQUEST",
            "bad-precondition BAD_REQUEST",
            "internal FAILED",
            "storage-refused STORAGE_TROUBLE",
            "storage-timeout STORAGE_TROUBLE",
            "body-too-large BAD_REQUEST",
            "not-json BAD_REQUEST",
            "unavailable BUSY",
            "insufficient-scope FORBIDDEN",
            "invalid-request BAD_REQUEST",
            "method-not-allowed METHOD",
            "invalid-fields BAD_REQUEST");
    assertThat(Problem.TOO_MANY.notice()).isEqualTo(Notice.TOO_MANY);
  }
}
