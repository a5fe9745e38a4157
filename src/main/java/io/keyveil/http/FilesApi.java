package io.keyveil.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Subject;
import io.keyveil.file.ChangeResult;
import io.keyveil.file.FileChange;
import io.keyveil.file.FileChangeReader;
import io.keyveil.file.FileId;
import io.keyveil.file.FileJson;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileRegistry;
import io.keyveil.file.RegistrationReader;
import io.keyveil.file.RegistrationResult;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /api/v1/files}: register, show, change, revoke and list. No answer holds a bucket or a
 * key, not even that of the registration.
 */
final class FilesApi {
  private static final String PATH = "/api/v1/files/";
  private static final Pattern REVISION = Pattern.compile("\"(\\d{1,18})\"");
  private static final Pattern LIMIT = Pattern.compile("\\d{1,4}");
  private static final int PAGE = 100;

  private final FileRegistry registry;
  private final RegistrationReader registrations;
  private final FileChangeReader changes;
  private final ManagementLog log;
  private final Answers answers;

  FilesApi(
      FileRegistry registry,
      RegistrationReader registrations,
      FileChangeReader changes,
      ManagementLog log,
      Answers answers) {
    this.registry = registry;
    this.registrations = registrations;
    this.changes = changes;
    this.log = log;
    this.answers = answers;
  }

  /** {@code POST /api/v1/files}. */
  Future<Void> register(RoutingContext context, Subject subject) {
    return JsonBody.read(
        context,
        answers,
        json ->
            registrations
                .read(json)
                .match(
                    wish ->
                        log.changing(
                                context.request(),
                                subject,
                                "register",
                                Optional.empty(),
                                () -> registry.register(wish),
                                RegistrationResult::registered)
                            .map(result -> tell(context.request(), result)),
                    problems -> answers.told(context.request(), Problem.unread(problems))));
  }

  /** {@code GET /api/v1/files/{id}}. */
  Future<Void> show(RoutingContext context, Subject subject) {
    return withId(
        context,
        id ->
            registry
                .show(id)
                .map(
                    found ->
                        found
                            .map(file -> file(context.request(), 200, file))
                            .orElseGet(() -> missing(context.request(), subject))));
  }

  /** {@code PATCH /api/v1/files/{id}} (RFC 7396). */
  Future<Void> change(RoutingContext context, Subject subject) {
    return withId(
        context,
        id ->
            JsonBody.read(
                context,
                answers,
                json ->
                    changes
                        .read(json)
                        .match(
                            change -> change(context.request(), subject, id, change),
                            problems ->
                                answers.told(context.request(), Problem.unread(problems)))));
  }

  /** {@code DELETE /api/v1/files/{id}}: revokes for good. */
  Future<Void> revoke(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return withId(
        context,
        id ->
            withRevision(
                request,
                revision ->
                    log.changing(
                            request,
                            subject,
                            "revoke",
                            Optional.of(id),
                            () -> registry.revoke(id, revision),
                            ChangeResult::changed)
                        .map(result -> told(request, result, file -> revoked(request)))));
  }

  /** {@code GET /api/v1/files?after=ID&limit=N}. */
  Future<Void> list(RoutingContext context) {
    HttpServerRequest request = context.request();
    Optional<String> after = Optional.ofNullable(request.getParam("after"));
    Optional<FileId> cursor = after.flatMap(FileId::parse);
    String limit = request.getParam("limit", Integer.toString(PAGE));
    boolean sound =
        LIMIT.matcher(limit).matches()
            && Integer.parseInt(limit) >= 1
            && Integer.parseInt(limit) <= FileRegistry.LONGEST_PAGE;
    if (after.isPresent() && cursor.isEmpty()) {
      return answers.told(request, Problem.invalidFields(400, List.of("after: not a file ID")));
    }
    if (!sound) {
      return answers.told(
          request,
          Problem.invalidFields(
              400, List.of("limit: (expected: 1 to " + FileRegistry.LONGEST_PAGE + ")")));
    }
    return registry
        .list(cursor, Integer.parseInt(limit))
        .map(page -> page(request, page, Integer.parseInt(limit)));
  }

  private Future<Void> change(
      HttpServerRequest request, Subject subject, FileId id, FileChange change) {
    return withRevision(
        request,
        revision ->
            log.changing(
                    request,
                    subject,
                    "change",
                    Optional.of(id),
                    () -> registry.change(id, revision, change),
                    ChangeResult::changed)
                .map(result -> told(request, result, file -> file(request, 200, file))));
  }

  private Void tell(HttpServerRequest request, RegistrationResult result) {
    return result.match(
        file -> {
          answers.location(request, PATH + file.id());
          return file(request, 201, file);
        },
        known -> file(request, 200, known),
        problems -> {
          answers.problem(request, Problem.unfit(problems));
          return null;
        });
  }

  private Void told(
      HttpServerRequest request, ChangeResult result, Function<FileRecord, Void> changed) {
    return result
        .<Function<HttpServerRequest, Void>>match(
            file -> to -> changed.apply(file), current -> this::lost, this::missing)
        .apply(request);
  }

  private Void lost(HttpServerRequest request) {
    answers.problem(request, Problem.PRECONDITION_FAILED);
    return null;
  }

  private Void missing(HttpServerRequest request, Subject subject) {
    log.refused(request, subject, "unknown", 404);
    return missing(request);
  }

  private Void missing(HttpServerRequest request) {
    answers.problem(request, Problem.NOT_FOUND);
    return null;
  }

  private Void revoked(HttpServerRequest request) {
    var unused = request.response().setStatusCode(204).end();
    return null;
  }

  private Void file(HttpServerRequest request, int status, FileRecord file) {
    request.response().putHeader("ETag", "\"" + file.revision() + "\"");
    answers.json(request, status, FileJson.write(file));
    return null;
  }

  private Void page(HttpServerRequest request, List<FileRecord> page, int limit) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    page.stream().map(FileJson::write).forEach(body.putArray("files")::add);
    if (page.size() == limit) {
      body.put("next", page.get(page.size() - 1).id().text());
    } else {
      body.putNull("next");
    }
    answers.json(request, 200, body);
    return null;
  }

  private Future<Void> withId(RoutingContext context, Function<FileId, Future<Void>> then) {
    return PathId.read(context, answers, "id", FileId::parse, then);
  }

  /** The revision in {@code If-Match}, if it names one; {@code *} names any. */
  private Future<Void> withRevision(
      HttpServerRequest request, Function<Optional<Long>, Future<Void>> then) {
    List<String> fields = request.headers().getAll("If-Match");
    if (fields.isEmpty() || fields.equals(List.of("*"))) {
      return then.apply(Optional.empty());
    }
    Matcher revision = REVISION.matcher(fields.get(0).strip());
    return fields.size() == 1 && revision.matches()
        ? then.apply(Optional.of(Long.parseLong(revision.group(1))))
        : answers.told(request, Problem.PRECONDITION_FORM);
  }
}
