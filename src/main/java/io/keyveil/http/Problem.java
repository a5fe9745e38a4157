package io.keyveil.http;

import io.keyveil.file.FieldProblem;
import io.keyveil.limit.Excess;
import io.keyveil.page.Notice;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An error answer (RFC 9457).
 *
 * @param status the HTTP status
 * @param code the last part of the problem's type
 * @param title what it is, for people
 * @param detail what to do, for people; the same for every instance of the problem
 * @param fields header fields that belong to it
 * @param errors what is wrong with each field of a body, one line each
 */
record Problem(
    int status,
    String code,
    String title,
    String detail,
    Map<String, String> fields,
    List<String> errors) {

  private static final String REALM = "Bearer realm=\"keyveil\"";

  static final Problem NO_CREDENTIAL =
      of(401, "no-credential", "Sign-in needed", "Send a bearer token in the Authorization field.")
          .with("WWW-Authenticate", REALM);
  static final Problem INVALID_TOKEN =
      of(401, "invalid-token", "Token not accepted", "Get a new token and try again.")
          .with("WWW-Authenticate", REALM + ", error=\"invalid_token\"");
  static final Problem NOT_FOUND =
      of(404, "not-found", "Not found", "There is nothing here for you.");
  static final Problem GONE =
      of(410, "gone", "No longer available", "The file is no longer what it was, or is gone.");
  static final Problem LINK_EXPIRED =
      of(410, "link-expired", "Link expired", "The link is no longer good; ask for a new one.");
  static final Problem LINK_REVOKED =
      of(410, "link-revoked", "Link withdrawn", "The link was withdrawn; ask for a new one.");
  static final Problem LINK_USED_UP =
      of(410, "link-used-up", "Link used up", "The link was used already; ask for a new one.");
  static final Problem LINK_IN_USE =
      of(503, "link-in-use", "Link in use", "Somebody has begun this download; try again later.")
          .with("Retry-After", "60");
  static final Problem PREVIEW =
      of(403, "preview", "No preview", "The link is for a person's browser, not for previews.");
  static final Problem PRECONDITION_FAILED =
      of(412, "precondition-failed", "Precondition failed", "The file has changed meanwhile.");
  static final Problem PRECONDITION_FORM =
      of(
          400,
          "bad-precondition",
          "Bad If-Match",
          "If-Match has to be one entity tag, such as \"3\", as the ETag field gave it.");
  static final Problem TOO_MANY =
      of(
              429,
              "too-many-downloads",
              "Too many downloads",
              "Let some of your downloads end first, or try again soon.")
          .with("Retry-After", "5");
  static final Problem INTERNAL =
      of(500, "internal", "Internal error", "The fault is ours; the operator has been told.");
  static final Problem BAD_GATEWAY =
      of(502, "storage-refused", "Storage failed", "The storage behind the gateway failed.");
  static final Problem UPSTREAM_TIMEOUT =
      of(504, "storage-timeout", "Storage too slow", "The storage behind the gateway is silent.");
  static final Problem BODY_TOO_LARGE =
      of(413, "body-too-large", "Body too large", "Send less, or in several requests.");
  static final Problem NOT_JSON =
      of(415, "not-json", "Not JSON", "Send a JSON object as application/json.");

  static final Problem BAD_JSON = of(400, "bad-json", "Bad JSON", "The body is no JSON object.");

  Problem {
    fields = Map.copyOf(fields);
    errors = List.copyOf(errors);
  }

  static Problem of(int status, String code, String title, String detail) {
    return new Problem(status, code, title, detail, Map.of(), List.of());
  }

  static Problem unavailable(String detail) {
    return unavailable(detail, Duration.ofSeconds(5));
  }

  static Problem unavailable(String detail, Duration retryAfter) {
    return of(503, "unavailable", "Not available now", detail)
        .with("Retry-After", Long.toString(seconds(retryAfter)));
  }

  /** With the fields of draft-ietf-httpapi-ratelimit-headers-11. */
  static Problem tooFast(Excess excess) {
    long wait = seconds(excess.delay());
    return of(
            429,
            "too-many-requests",
            "Too many requests",
            "Wait for as long as Retry-After says, and then ask less often.")
        .with("Retry-After", Long.toString(wait))
        .with(
            "RateLimit-Policy",
            String.format(
                Locale.ROOT,
                "\"%s\";q=%d;w=%d%s",
                excess.limit().word(),
                excess.rate().burst(),
                seconds(excess.rate().window()),
                excess.limit().countsBytes() ? ";qu=\"content-bytes\"" : ""))
        .with(
            "RateLimit",
            String.format(Locale.ROOT, "\"%s\";r=0;t=%d", excess.limit().word(), wait));
  }

  /** Whole ones, rounded up (RFC 9110 section 10.2.3). */
  private static long seconds(Duration time) {
    return time.plusNanos(999_999_999).toSeconds();
  }

  static Problem insufficientScope(String scope) {
    return of(403, "insufficient-scope", "Scope missing", "The token lacks the scope " + scope)
        .with(
            "WWW-Authenticate",
            String.format(
                Locale.ROOT, "%s, error=\"insufficient_scope\", scope=\"%s\"", REALM, scope));
  }

  static Problem invalidRequest(String detail) {
    return of(400, "invalid-request", "Bad request", detail)
        .with("WWW-Authenticate", REALM + ", error=\"invalid_request\"");
  }

  static Problem methodNotAllowed(String allow) {
    return of(405, "method-not-allowed", "Method not allowed", "Use one of: " + allow)
        .with("Allow", allow);
  }

  /** Fields that a reader did not take. */
  static Problem unread(List<FieldProblem> problems) {
    return invalidFields(400, lines(problems));
  }

  /** Fields that were read well, and are wrong all the same. */
  static Problem unfit(List<FieldProblem> problems) {
    return invalidFields(422, lines(problems));
  }

  private static List<String> lines(List<FieldProblem> problems) {
    return problems.stream().map(FieldProblem::line).toList();
  }

  static Problem invalidFields(int status, List<String> lines) {
    return new Problem(
        status,
        "invalid-fields",
        "Fields not accepted",
        "Mend the listed fields and send the request again.",
        Map.of(),
        lines);
  }

  /** What a person is told in its place, in words of their own. */
  Notice notice() {
    return switch (code) {
      case "link-expired" -> Notice.LINK_EXPIRED;
      case "link-revoked" -> Notice.LINK_REVOKED;
      case "link-used-up" -> Notice.LINK_USED_UP;
      case "link-in-use" -> Notice.LINK_IN_USE;
      default -> noticeOfStatus();
    };
  }

  private Notice noticeOfStatus() {
    return switch (status) {
      case 401 -> Notice.SIGN_IN;
      case 403 -> Notice.FORBIDDEN;
      case 404 -> Notice.NOT_FOUND;
      case 405 -> Notice.METHOD;
      case 410 -> Notice.GONE;
      case 429 -> Notice.TOO_MANY;
      case 502, 504 -> Notice.STORAGE_TROUBLE;
      case 503 -> Notice.BUSY;
      default -> status < 500 ? Notice.BAD_REQUEST : Notice.FAILED;
    };
  }

  Problem with(String field, String value) {
    Map<String, String> more = new LinkedHashMap<>(fields);
    more.put(field, value);
    return new Problem(status, code, title, detail, more, errors);
  }
}
