package io.keyveil.app;

import io.keyveil.app.Finding.Severity;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.WebOrigin;
import io.keyveil.s3.BucketInspection.Pages;
import io.keyveil.s3.CorsRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at what a bucket lets pages of other origins do, beside the settings of the gateway. A
 * browser that was redirected from a page sends S3 {@code Origin: null}.
 */
record CorsExam(CorsSettings settings, boolean opaque) {
  /** What viewers need to read of an answer, to resume and to ask for ranges. */
  private static final List<String> NEEDED =
      List.of("ETag", "Content-Range", "Accept-Ranges", "Content-Length");

  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final String NULL = "null";

  Finding examine(String check, Pages pages) {
    return switch (pages.answer()) {
      case NOT_SUPPORTED -> Finding.unsupported(check);
      case FORBIDDEN -> Advice.forbidden(check);
      case NO -> none(check);
      case YES -> opaque ? judged(check, pages.rules()) : needless(check);
    };
  }

  private Finding none(String check) {
    return opaque && !settings.origins().isEmpty()
        ? Finding.note(
            check,
            "pages of cors.origins cannot follow redirects",
            "allow GET from null and from them (aws s3api put-bucket-cors), if they are to")
        : Finding.well(check);
  }

  private static Finding needless(String check) {
    return Finding.note(
        check,
        "pages of other origins may ask a bucket that no browser should see",
        "remove its CORS rules (aws s3api delete-bucket-cors): the gateway answers for it");
  }

  private Finding judged(String check, List<CorsRule> rules) {
    List<String> wide = tooWide(rules);
    List<String> narrow = tooNarrow(rules);
    List<String> all = new ArrayList<>(wide);
    all.addAll(narrow);
    if (all.isEmpty()) {
      return Finding.well(check);
    }
    String remedy =
        wide.isEmpty()
            ? "aws s3api put-bucket-cors: GET and HEAD from null, with header Range, exposing "
                + String.join(", ", NEEDED)
            : "aws s3api put-bucket-cors: GET and HEAD alone, from null and cors.origins alone";
    Severity severity = wide.isEmpty() ? Severity.NOTE : Severity.WARNING;
    return new Finding(check, severity, String.join("; ", all), remedy);
  }

  private List<String> tooWide(List<CorsRule> rules) {
    List<String> found = new ArrayList<>();
    if (rules.stream().anyMatch(rule -> rule.origins().contains("*"))) {
      found.add("pages of any origin may ask");
    }
    String writes =
        rules.stream()
            .flatMap(rule -> rule.methods().stream())
            .filter(method -> !READING.contains(method))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    if (!writes.isEmpty()) {
      found.add("pages may use " + writes);
    }
    List<String> listed = settings.origins().stream().map(WebOrigin::text).toList();
    long others =
        rules.stream()
            .flatMap(rule -> rule.origins().stream())
            .distinct()
            .filter(origin -> !origin.equals(NULL) && !origin.equals("*"))
            .filter(origin -> !listed.contains(origin))
            .count();
    if (others > 0) {
      found.add(others + " origins may ask that cors.origins does not list");
    }
    return found;
  }

  private List<String> tooNarrow(List<CorsRule> rules) {
    if (settings.origins().isEmpty()) {
      return List.of();
    }
    List<CorsRule> reading =
        rules.stream().filter(rule -> rule.methods().contains("GET") && rule.admits(NULL)).toList();
    if (reading.isEmpty()) {
      return List.of("it has no rule for GET from null, as which pages arrive after a redirect");
    }
    List<String> found = new ArrayList<>();
    String hidden =
        NEEDED.stream()
            .filter(field -> reading.stream().noneMatch(rule -> exposes(rule, field)))
            .collect(Collectors.joining(", "));
    if (!hidden.isEmpty()) {
      found.add("pages may not read " + hidden);
    }
    if (reading.stream().noneMatch(rule -> takesRange(rule.headers()))) {
      found.add("pages may not send Range");
    }
    return found;
  }

  private static boolean exposes(CorsRule rule, String field) {
    return rule.exposed().stream().anyMatch(field::equalsIgnoreCase);
  }

  private static boolean takesRange(List<String> headers) {
    return headers.contains("*") || headers.contains("range");
  }
}
