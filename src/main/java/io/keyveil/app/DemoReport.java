package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.demo.SampleFile;
import io.keyveil.file.FileRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What the demo tells: a document for programs, or the main job done once and commands to paste.
 */
final class DemoReport {
  private final DemoHouse house;
  private final Gateway gateway;
  private final DemoFiles files;
  private final String portal;
  private final Map<String, String> tokens;

  DemoReport(DemoHouse house, Gateway gateway, DemoFiles files, DemoTokens tokens, String portal) {
    this.house = house;
    this.gateway = gateway;
    this.files = files;
    this.portal = portal;
    this.tokens = tokens.all();
  }

  /** The document that scripts read. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("url", url());
    json.put("portal", portal);
    json.put("ca", house.authority().toString());
    json.put("managementUrl", "http://127.0.0.1:" + gateway.managementPort());
    json.put("config", house.config().toString());
    json.put("issuerKey", house.issuerKey().toString());
    tokens.forEach(json.putObject("tokens")::put);
    ObjectNode all = json.putObject("files");
    // Alice's, whose token goes with them; Bob has his own for the portal alone.
    files
        .all()
        .forEach(
            (sample, file) -> {
              if (sample.owner().equals("alice")) {
                all.set(sample.label(), describe(sample, file));
              }
            });
    json.putObject("s3")
        .put("endpoint", house.s3().endpoint().toString())
        .put("bucket", DemoHouse.BUCKET)
        .put("opaqueBucket", DemoHouse.OPAQUE_BUCKET)
        .put("accessKeyId", house.accessKeyId())
        .put("secretAccessKey", house.secretAccessKey())
        .put("region", DemoHouse.REGION);
    return json;
  }

  /**
   * Does the main job once.
   *
   * @return whether all of it went well
   */
  boolean perform(PrintWriter out) throws IOException {
    FileRecord mri = files.get("mri");
    FileRecord scan = files.get("scan");
    DemoClient client = new DemoClient(house.authority(), url());
    out.println("Keyveil demo, in " + house.folder());
    out.println();
    out.println("The main job, done just now:");
    client.stream(out, "a file whose key names a patient is streamed", mri, token("alice"));
    client.redirect(out, "one under a random key may be redirected", scan, token("alice"));
    client.refuse(out, "somebody else's file is not there", mri.id().text(), token("bob"));
    client.refuse(out, "and looks just like an unknown one", "A".repeat(22), token("bob"));
    return !client.failed();
  }

  /** What to try. */
  void print(PrintWriter out) {
    FileRecord mri = files.get("mri");
    FileRecord scan = files.get("scan");
    out.println();
    out.println("Try it yourself:");
    out.println("  export ALICE=" + tokens.get("alice"));
    out.println("  export BOB=" + tokens.get("bob"));
    out.println("  CA=" + house.authority());
    out.println("  curl --cacert $CA -H \"Authorization: Bearer $ALICE\" -OJ " + at(mri));
    out.println("  curl --cacert $CA -H \"Authorization: Bearer $BOB\" " + at(mri));
    out.println(
        "  curl --cacert $CA -H \"Authorization: Bearer $ALICE\" -r 0-99 "
            + at(files.get("genome"))
            + " | wc -c");
    out.println(
        "  curl --cacert $CA -H \"Authorization: Bearer $ALICE\" -sLo scan.dcm '"
            + at(scan)
            + "?delivery=redirect'");
    out.println("  curl http://127.0.0.1:" + gateway.managementPort() + "/readyz");
    out.println("  java -jar target/keyveil.jar files list --config " + house.config());
    out.println("  java -jar target/keyveil.jar audit verify --config " + house.config() + " \\");
    out.println("      --public-key " + house.auditKey());
    out.println();
    out.println("See it as a patient does, in a browser: " + portal);
    out.println();
    out.println("Serving on " + url() + " until you stop it with Ctrl-C.");
  }

  private String token(String name) {
    return tokens.getOrDefault(name, "");
  }

  private String at(FileRecord file) {
    return url() + "/files/" + file.id();
  }

  private String url() {
    return "https://localhost:" + gateway.port();
  }

  private static ObjectNode describe(SampleFile sample, FileRecord file) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", file.id().text())
        .put("sha256", DemoFiles.sha256(sample.content()))
        .put("size", file.size())
        .put("delivery", file.delivery().word())
        .put("opaque", file.opaque());
  }
}
