package io.keyveil.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRules;
import io.keyveil.demo.SampleFile;
import io.keyveil.demo.portal.Document;
import io.keyveil.demo.portal.Person;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The demo's sample files as the gateway knows them. Which label has which ID is kept beside the
 * store, so that a folder used again has the same files.
 */
final class DemoFiles {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<SampleFile, FileRecord> known = new LinkedHashMap<>();

  private DemoFiles() {}

  static DemoFiles register(DemoHouse house, Gateway gateway) throws IOException {
    Path list = house.folder().resolve("files.json");
    ObjectNode ids =
        Files.exists(list)
            ? (ObjectNode) JSON.readTree(Files.readString(list))
            : JSON.createObjectNode();
    DemoFiles files = new DemoFiles();
    for (SampleFile sample : SampleFile.all()) {
      FileRecord file = find(gateway, ids.path(sample.label())).orElse(null);
      files.known.put(sample, file != null ? file : files.make(house, gateway, sample));
    }
    files.known.forEach((sample, file) -> ids.put(sample.label(), file.id().text()));
    Files.writeString(list, ids.toPrettyString());
    return files;
  }

  Map<SampleFile, FileRecord> all() {
    return known;
  }

  /** The same as the portal knows them. */
  List<Document> documents() {
    return known.entrySet().stream()
        .map(entry -> document(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static Document document(SampleFile sample, FileRecord file) {
    return new Document(
        sample.owner().equals("bob") ? Person.BOB : Person.ALICE,
        sample.label(),
        file.id().text(),
        file.name(),
        file.type(),
        file.size(),
        sample.inline());
  }

  FileRecord get(String label) {
    return known.entrySet().stream()
        .filter(entry -> entry.getKey().label().equals(label))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Optional<FileRecord> find(Gateway gateway, JsonNode id) {
    return Optional.ofNullable(id.textValue())
        .flatMap(FileId::parse)
        .flatMap(known -> gateway.registry().show(known).await());
  }

  private FileRecord make(DemoHouse house, Gateway gateway, SampleFile sample) throws IOException {
    return sample.opaque() ? upload(house, gateway, sample) : name(house, gateway, sample);
  }

  private static FileRecord name(DemoHouse house, Gateway gateway, SampleFile sample) {
    if (!house.s3().has(DemoHouse.BUCKET, sample.key())) {
      house.s3().put(DemoHouse.BUCKET, sample.key(), sample.content());
    }
    ObjectNode json = json(sample).put("bucket", DemoHouse.BUCKET).put("key", sample.key());
    return gateway
        .registry()
        .register(FileOptions.require(gateway.registrations().read(json)))
        .await()
        .match(
            file -> file,
            file -> file,
            problems -> {
              throw FileOptions.refusal(problems);
            });
  }

  private static FileRecord upload(DemoHouse house, Gateway gateway, SampleFile sample)
      throws IOException {
    ObjectKey nowhere = new ObjectKey(DemoHouse.OPAQUE_BUCKET, "0", Optional.empty());
    Registration wish =
        FileOptions.require(gateway.registrations().readUpload(json(sample), nowhere));
    Path content = Files.createTempFile(house.folder(), "upload", "");
    try {
      Files.write(content, sample.content());
      return new OpaqueFiles(
              gateway.registry(), gateway.s3().control(), gateway.s3().uploads(new SecureRandom()))
          .add(content, wish, sent -> {});
    } finally {
      Files.delete(content);
    }
  }

  private static ObjectNode json(SampleFile sample) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("name", sample.name())
            .put("type", sample.type())
            .put("disposition", sample.inline() ? "inline" : "attachment")
            .put("delivery", sample.delivery());
    json.set("access", AccessRules.write(AccessRules.parseAllow(sample.rules())));
    return json;
  }
}
