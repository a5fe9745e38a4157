package io.keyveil.file;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRules;
import java.time.Instant;

/** A file as the API shows it: everything but where it lies. */
public final class FileJson {
  private static final String NOTE = "the key is not opaque, so the file is always streamed";

  private FileJson() {}

  public static ObjectNode write(FileRecord file) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", file.id().text());
    json.put("name", file.name());
    json.put("type", file.type());
    json.put("size", file.size());
    json.put("etag", file.etag().text());
    file.checksums().sha256().ifPresent(digest -> json.put("sha256", digest.hex()));
    json.put("disposition", file.disposition().word());
    json.put("delivery", file.delivery().word());
    json.put("deliveredAs", deliveredAs(file).word());
    if (!file.opaque() && file.delivery() == DeliveryPolicy.REDIRECT) {
      json.put("note", NOTE);
    }
    json.put("opaque", file.opaque());
    json.put("harmlessName", file.harmlessName());
    json.set("access", AccessRules.write(file.access()));
    json.put("state", file.state().word());
    json.put("createdAt", file.createdAt().toString());
    json.put("expiresAt", file.expiresAt().map(Instant::toString).orElse(null));
    json.put("revision", file.revision());
    return json;
  }

  /** What the veil leaves of the policy: only an opaque key may stand in a redirect. */
  private static DeliveryPolicy deliveredAs(FileRecord file) {
    return file.opaque() ? file.delivery() : DeliveryPolicy.STREAM;
  }
}
