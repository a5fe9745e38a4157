package io.keyveil.block;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A block as the API and the command line show it. */
public final class BlockJson {
  private BlockJson() {}

  public static ObjectNode write(Block block) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", block.id().text()).put("kind", block.target().kind().word());
    if (block.target().kind() != BlockKind.EVERYTHING) {
      json.put("value", block.target().value());
    }
    block.target().issuer().ifPresent(issuer -> json.put("issuer", issuer));
    if (!block.reason().isEmpty()) {
      json.put("reason", block.reason());
    }
    json.put("createdAt", block.createdAt().toString());
    block
        .expiresAt()
        .ifPresentOrElse(
            end -> json.put("expiresAt", end.toString()), () -> json.putNull("expiresAt"));
    return json;
  }
}
