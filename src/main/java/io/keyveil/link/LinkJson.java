package io.keyveil.link;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A link as the API and the command line show it; its token is not among what is kept. */
public final class LinkJson {
  private LinkJson() {}

  /** A link with what was done with it. */
  public static ObjectNode write(LinkState state) {
    return write(state.link()).put("downloads", state.downloads());
  }

  /** A link that was just minted, with its URL. */
  public static ObjectNode write(Link link, String url) {
    return write(link).put("url", url);
  }

  private static ObjectNode write(Link link) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", link.id().text()).put("file", link.main().id().text());
    if (link.main().name().isPresent()) {
      ObjectNode names = json.putObject("names");
      link.files().forEach(file -> names.put(file.name().orElse(""), file.id().text()));
    }
    json.put("state", link.revokedAt().isPresent() ? "revoked" : "active")
        .put("createdAt", link.createdAt().toString())
        .put("expiresAt", link.expiresAt().toString());
    if (link.maxDownloads().isPresent()) {
      json.put("maxDownloads", link.maxDownloads().getAsInt());
    } else {
      json.putNull("maxDownloads");
    }
    json.put("landing", link.landing());
    link.onBehalfOf()
        .ifPresentOrElse(who -> json.put("onBehalfOf", who), () -> json.putNull("onBehalfOf"));
    json.put("label", link.label());
    link.minter()
        .ifPresent(
            minter ->
                json.putObject("mintedBy")
                    .put("issuer", minter.issuer())
                    .put("subject", minter.subject()));
    link.revokedAt().map(Instant::toString).ifPresent(time -> json.put("revokedAt", time));
    return json;
  }
}
