package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.Finding.Severity;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.WebOrigin;
import io.keyveil.s3.BucketInspection.Pages;
import io.keyveil.s3.BucketTrait.Answer;
import io.keyveil.s3.CorsRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a bucket lets pages do is judged beside what the gateway lets them. */
class CorsExamTest {
  private static final String PORTAL = "https://portal.test";
  private static final List<String> NEEDED =
      List.of("ETag", "Content-Range", "Accept-Ranges", "Content-Length");

  private static Finding judge(CorsRule... rules) {
    return new CorsExam(settings(PORTAL), true)
        .examine("cors", new Pages(Answer.YES, List.of(rules)));
  }

  private static CorsSettings settings(String... origins) {
    return new CorsSettings(
        List.of(origins).stream().map(origin -> WebOrigin.parse(origin).orElseThrow()).toList(),
        Duration.ZERO);
  }

  private static CorsRule rule(String origin) {
    return new CorsRule(List.of(origin, "null"), List.of("GET", "HEAD"), List.of("*"), NEEDED);
  }

  @Test
  void findsARuleForThePortalWell() {
    assertThat(judge(rule(PORTAL)).severity()).isEqualTo(Severity.OK);
    assertThat(judge(rule("null")).severity()).isEqualTo(Severity.OK);
  }

  @Test
  void warnsOfWhatIsTooWide() {
    assertThat(judge(rule("*")))
        .matches(finding -> finding.severity() == Severity.WARNING)
        .matches(finding -> finding.found().equals("pages of any origin may ask"));
    assertThat(judge(rule("https://*.test")).found())
        .isEqualTo("1 origins may ask that cors.origins does not list");
    CorsRule writing =
        new CorsRule(List.of("null"), List.of("GET", "PUT", "DELETE"), List.of("*"), NEEDED);
    assertThat(judge(writing))
        .matches(finding -> finding.severity() == Severity.WARNING)
        .matches(finding -> finding.found().equals("pages may use DELETE, PUT"))
        .matches(finding -> !finding.remedy().isBlank());
  }

  @Test
  void notesWhatPagesWillMiss() {
    CorsRule blind =
        new CorsRule(List.of("null"), List.of("GET"), List.of(), List.of("etag", "CONTENT-LENGTH"));
    assertThat(judge(blind))
        .matches(finding -> finding.severity() == Severity.NOTE)
        .matches(
            finding ->
                finding
                    .found()
                    .equals(
                        "pages may not read Content-Range, Accept-Ranges; pages may not send"
                            + " Range"))
        .matches(finding -> finding.remedy().contains("exposing ETag, Content-Range"));
    CorsRule direct = new CorsRule(List.of(PORTAL), List.of("GET"), List.of("*"), NEEDED);
    assertThat(judge(direct).found()).contains("no rule for GET from null");
  }

  @Test
  void knowsWhereNoRuleIsNeeded() {
    Pages none = new Pages(Answer.NO, List.of());
    assertThat(new CorsExam(settings(), true).examine("cors", none).severity())
        .isEqualTo(Severity.OK);
    assertThat(new CorsExam(settings(PORTAL), true).examine("cors", none).severity())
        .isEqualTo(Severity.NOTE);
    assertThat(new CorsExam(settings(PORTAL), false).examine("cors", none).severity())
        .isEqualTo(Severity.OK);
    Pages some = new Pages(Answer.YES, List.of(rule(PORTAL)));
    assertThat(new CorsExam(settings(PORTAL), false).examine("cors", some).severity())
        .isEqualTo(Severity.NOTE);
    Pages silent = new Pages(Answer.NOT_SUPPORTED, List.of());
    assertThat(new CorsExam(settings(PORTAL), true).examine("cors", silent).severity())
        .isEqualTo(Severity.NOT_SUPPORTED);
  }
}
