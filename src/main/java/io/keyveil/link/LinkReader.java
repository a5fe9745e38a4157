package io.keyveil.link;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.FieldReader;
import io.keyveil.file.FileId;
import io.keyveil.file.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the JSON of wished links, strictly and with all its problems at once. */
public final class LinkReader {
  /** How many links one request may ask for. */
  public static final int MOST_LINKS = 10_000;

  private static final int MOST_DOWNLOADS = 1_000_000;
  private static final int LONGEST_TEXT = 256;

  private static final Set<String> TERMS =
      Set.of("expiresIn", "maxDownloads", "landing", "onBehalfOf", "label");
  private static final Set<String> OF_ONE = with(TERMS, "name", "siblings");
  private static final Set<String> OF_BATCH = with(TERMS, "files", "links");
  private static final Set<String> IN_BATCH = with(OF_ONE, "file");

  private final LinkSettings settings;

  public LinkReader(LinkSettings settings) {
    this.settings = settings;
  }

  /** Reads a wish for a link to this file. */
  public Reading<LinkWish> read(JsonNode json, FileId file) {
    FieldReader fields = FieldReader.of(json, OF_ONE);
    Terms terms = terms(fields, settings.life());
    List<LinkedFile> files = files(fields, Optional.of(file));
    return fields.finish(() -> terms.wish(files));
  }

  /**
   * Reads a batch: {@code files}, a list of IDs that share the terms beside it, or {@code links}, a
   * list of wishes with a {@code file} each.
   */
  public Reading<List<LinkWish>> readBatch(JsonNode json) {
    FieldReader fields = FieldReader.of(json, OF_BATCH);
    if (json.has("files") == json.has("links")) {
      fields.problem("files", json.has("files") ? "beside links" : "missing", "files or links");
    }
    if (json.has("links")) {
      return each(fields);
    }
    Terms terms = terms(fields, settings.life());
    List<LinkWish> wishes = new ArrayList<>();
    for (FileId file : ids(fields)) {
      wishes.add(terms.wish(List.of(new LinkedFile(Optional.empty(), file))));
    }
    return fields.finish(() -> List.copyOf(wishes));
  }

  private Reading<List<LinkWish>> each(FieldReader fields) {
    TERMS.forEach(term -> fields.refuse(term, "beside links", "terms in each of links"));
    List<LinkWish> wishes = new ArrayList<>();
    List<FieldProblem> problems = new ArrayList<>();
    List<JsonNode> links = fields.list("links", MOST_LINKS);
    for (int i = 0; i < links.size(); i++) {
      String path = "links[" + i + "].";
      var unused =
          readInBatch(links.get(i))
              .match(
                  wish -> wishes.add(wish),
                  found ->
                      problems.addAll(
                          found.stream()
                              .map(
                                  one ->
                                      new FieldProblem(
                                          path + one.field(), one.found(), one.expected()))
                              .toList()));
    }
    problems.stream().limit(100).forEach(fields::add);
    return fields.finish(() -> List.copyOf(wishes));
  }

  private Reading<LinkWish> readInBatch(JsonNode json) {
    FieldReader fields = FieldReader.of(json, IN_BATCH);
    fields.require("file", "a file ID");
    Optional<FileId> file = id(fields, "file");
    Terms terms = terms(fields, settings.life());
    List<LinkedFile> files = files(fields, file);
    return fields.finish(() -> terms.wish(files));
  }

  private Terms terms(FieldReader fields, Duration life) {
    String most = "a time such as 10m, at most " + settings.maxLife().toSeconds() + "s";
    Optional<Duration> wanted =
        fields
            .text("expiresIn")
            .flatMap(
                text -> {
                  Optional<Duration> read = LinkLife.parse(text).filter(this::isLegal);
                  if (read.isEmpty()) {
                    fields.problem("expiresIn", "not accepted", most);
                  }
                  return read;
                });
    OptionalInt downloads = fields.number("maxDownloads", 1, MOST_DOWNLOADS);
    return new Terms(
        wanted.orElse(life),
        downloads,
        fields.flag("landing").orElse(false),
        plain(fields, "onBehalfOf").filter(text -> !text.isEmpty()),
        plain(fields, "label").orElse(""));
  }

  private boolean isLegal(Duration life) {
    return life.compareTo(Duration.ofSeconds(1)) >= 0 && life.compareTo(settings.maxLife()) <= 0;
  }

  private static Optional<String> plain(FieldReader fields, String field) {
    return fields.plain(field, LONGEST_TEXT);
  }

  /** The main file and its siblings; what is wrong is noted. */
  private static List<LinkedFile> files(FieldReader fields, Optional<FileId> main) {
    Map<String, JsonNode> siblings = fields.members("siblings", Link.MOST_FILES - 1);
    Optional<String> name = fields.text("name").filter(text -> isName(fields, "name", text));
    if (!siblings.isEmpty()) {
      fields.require("name", "a name, since there are siblings");
    }
    List<LinkedFile> files = new ArrayList<>();
    main.ifPresent(id -> files.add(new LinkedFile(name, id)));
    siblings.forEach(
        (sibling, node) -> {
          Optional<FileId> id = Optional.ofNullable(node.textValue()).flatMap(FileId::parse);
          if (!isName(fields, "siblings", sibling) || name.filter(sibling::equals).isPresent()) {
            fields.problem("siblings", "a name twice, or a bad one", LinkedFile.EXPECTED);
          } else if (id.isEmpty()) {
            fields.problem("siblings", "no file ID", "a file ID for each name");
          } else {
            files.add(new LinkedFile(Optional.of(sibling), id.get()));
          }
        });
    return files;
  }

  private static boolean isName(FieldReader fields, String field, String text) {
    boolean good = LinkedFile.isName(text);
    if (!good) {
      fields.problem(field, "not a name for an address", LinkedFile.EXPECTED);
    }
    return good;
  }

  private static Set<FileId> ids(FieldReader fields) {
    Set<FileId> ids = new LinkedHashSet<>();
    for (JsonNode node : fields.list("files", MOST_LINKS)) {
      Optional<FileId> id = Optional.ofNullable(node.textValue()).flatMap(FileId::parse);
      if (id.isEmpty() || !ids.add(id.get())) {
        fields.problem("files", id.isEmpty() ? "no file ID" : "a file twice", "file IDs");
        return Set.of();
      }
    }
    return ids;
  }

  private static Optional<FileId> id(FieldReader fields, String field) {
    Optional<String> text = fields.text(field);
    Optional<FileId> id = text.flatMap(FileId::parse);
    if (text.isPresent() && id.isEmpty()) {
      fields.problem(field, "no file ID", "22 of A-Z a-z 0-9 - _");
    }
    return id;
  }

  private static Set<String> with(Set<String> some, String... more) {
    Set<String> all = new HashSet<>(some);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }

  /** What the links of one request have in common. */
  private record Terms(
      Duration life,
      OptionalInt maxDownloads,
      boolean landing,
      Optional<String> onBehalfOf,
      String label) {
    LinkWish wish(List<LinkedFile> files) {
      return new LinkWish(files, life, maxDownloads, landing, onBehalfOf, label);
    }
  }
}
