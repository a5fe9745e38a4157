package io.keyveil.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Subject;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.block.Block;
import io.keyveil.block.BlockId;
import io.keyveil.block.BlockJson;
import io.keyveil.block.BlockReader;
import io.keyveil.block.BlockRegistry;
import io.keyveil.block.BlockTarget;
import io.keyveil.block.BlockWish;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/blocks}: switch off, list, switch on again. */
final class BlocksApi {
  private static final String PATH = "/api/v1/blocks/";

  private final BlockRegistry registry;
  private final BlockReader wishes;
  private final ManagementLog log;
  private final Answers answers;

  BlocksApi(BlockRegistry registry, BlockReader wishes, ManagementLog log, Answers answers) {
    this.registry = registry;
    this.wishes = wishes;
    this.log = log;
    this.answers = answers;
  }

  /** {@code POST /api/v1/blocks}. */
  Future<Void> add(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return JsonBody.read(
        context,
        answers,
        json ->
            wishes
                .read(json)
                .match(
                    wish -> add(request, subject, wish),
                    problems -> answers.told(request, Problem.unread(problems))));
  }

  /** {@code GET /api/v1/blocks}. */
  Future<Void> list(RoutingContext context) {
    return registry.list().map(blocks -> list(context.request(), blocks));
  }

  /** {@code DELETE /api/v1/blocks/{id}}. */
  Future<Void> lift(RoutingContext context, Subject subject) {
    HttpServerRequest request = context.request();
    return PathId.read(context, answers, "id", BlockId::parse, id -> lift(request, subject, id));
  }

  private Future<Void> add(HttpServerRequest request, Subject subject, BlockWish wish) {
    return log.around(
            request,
            subject,
            "block",
            target(Optional.empty(), wish.target()),
            () -> registry.add(wish))
        .map(added -> added(request, added));
  }

  private Void added(HttpServerRequest request, Optional<Block> added) {
    if (added.isEmpty()) {
      answers.problem(
          request,
          Problem.invalidFields(422, List.of("body: too many blocks (expected: lift some first)")));
      return null;
    }
    answers.location(request, PATH + added.get().id());
    answers.json(request, 201, BlockJson.write(added.get()));
    return null;
  }

  private Void list(HttpServerRequest request, List<Block> blocks) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    blocks.stream().map(BlockJson::write).forEach(body.putArray("blocks")::add);
    answers.json(request, 200, body);
    return null;
  }

  private Future<Void> lift(HttpServerRequest request, Subject subject, BlockId id) {
    Target target = new Target(Optional.of(id.text()), "block", id.text(), Optional.empty());
    return log.around(request, subject, "unblock", target, () -> registry.lift(id))
        .map(lifted -> lifted(request, lifted));
  }

  private Void lifted(HttpServerRequest request, boolean lifted) {
    if (lifted) {
      var unused = request.response().setStatusCode(204).end();
    } else {
      answers.problem(request, Problem.NOT_FOUND);
    }
    return null;
  }

  private static Target target(Optional<String> block, BlockTarget target) {
    return new Target(block, target.kind().word(), target.value(), target.issuer());
  }
}
