package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkSelection;
import io.keyveil.link.LinkWish;
import io.keyveil.link.Minting.Minted;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keyveil links render}: a document with a link in the place of each file that it names. All
 * files are looked up before the first link is minted, and links whose document cannot be written
 * are revoked again.
 */
@Command(
    name = "render",
    description = {
      "Mint a link for each text of the form keyveil:FILE-ID in a JSON or YAML document, such as",
      "the configuration of a genome viewer, and write the document with URLs in their place.",
      "All or nothing: if a file is not there, nothing is minted."
    },
    mixinStandardHelpOptions = true)
final class LinksRenderCommand implements Callable<Integer> {
  private static final long LARGEST = 64L << 20;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private LinkTerms terms = new LinkTerms();

  @Parameters(paramLabel = "DOCUMENT", description = "A JSON or YAML file.")
  private Path document = Path.of("");

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to write it, readable by you alone; without it, standard output.")
  private @Nullable Path output;

  @Option(
      names = "--dry-run",
      description = "Only look up the files, and say what would be minted.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException {
    LinkDocument read = read();
    List<FileId> files = List.copyOf(read.files());
    if (files.size() > LinkReader.MOST_LINKS) {
      throw new CommandFailedException(
          "DOCUMENT: " + files.size() + " files (expected: at most " + LinkReader.MOST_LINKS + ")");
    }
    try (Workshop workshop = Workshop.open(config.read())) {
      LinkReader reader = workshop.linkReader();
      ObjectNode wish = terms.json();
      List<LinkWish> wishes =
          files.stream().map(file -> LinkTerms.valid(reader.read(wish, file))).toList();
      refuseMissing(lookUp(workshop, files));
      if (dryRun) {
        spec.commandLine().getErr().println(files.size() + " links would be minted");
        spec.commandLine().getErr().flush();
      } else {
        mint(workshop, read, wishes);
      }
      return 0;
    }
  }

  private LinkDocument read() throws IOException {
    if (!Files.isReadable(document) || Files.isDirectory(document)) {
      throw new CommandFailedException(
          "DOCUMENT: " + document + " (expected: a readable JSON or YAML file)");
    }
    if (Files.size(document) > LARGEST) {
      throw new CommandFailedException("DOCUMENT: too large (expected: at most 64 MiB)");
    }
    try {
      return LinkDocument.parse(Files.readString(document, StandardCharsets.UTF_8))
          .orElseThrow(
              () ->
                  new CommandFailedException(
                      "DOCUMENT: " + document + " cannot be read (expected: JSON or YAML)"));
    } catch (CharacterCodingException e) {
      throw new CommandFailedException(
          "DOCUMENT: " + document + " is not UTF-8 (expected: JSON or YAML)");
    }
  }

  /** The files that are not given out. */
  private List<FileId> lookUp(Workshop workshop, List<FileId> files) {
    Progress progress = Progress.on(spec.commandLine().getErr(), "looking up", files.size());
    List<FileId> missing = new ArrayList<>();
    Instant now = Instant.now();
    for (int i = 0; i < files.size(); i++) {
      Optional<FileRecord> file = workshop.registry().show(files.get(i)).await();
      if (file.filter(it -> it.state() == FileState.ACTIVE && !it.expired(now)).isEmpty()) {
        missing.add(files.get(i));
      }
      progress.at(i + 1L);
    }
    progress.done();
    return missing;
  }

  private static void refuseMissing(List<FileId> missing) {
    if (!missing.isEmpty()) {
      throw new CommandFailedException(
          "DOCUMENT: "
              + missing.size()
              + " of its files are not there, or no longer given out, the first "
              + missing.get(0)
              + "; nothing was minted");
    }
  }

  private void mint(Workshop workshop, LinkDocument read, List<LinkWish> wishes)
      throws IOException {
    List<Minted> minted = workshop.operatorLinks().mint(wishes);
    Map<FileId, String> urls = new LinkedHashMap<>();
    minted.forEach(link -> urls.put(link.link().main().id(), workshop.linkUrls().of(link)));
    try {
      write(read.render(urls));
    } catch (IOException | RuntimeException e) {
      minted.forEach(
          link -> {
            int unused =
                workshop.operatorLinks().revoke(new LinkSelection.One(link.link().id()), false);
          });
      throw new CommandFailedException(
          "--output: cannot be written, so the links were revoked again (expected: a file in a"
              + " folder that you may write to)");
    }
  }

  private void write(String rendered) throws IOException {
    if (output == null) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(rendered.endsWith("\n") ? rendered : rendered + "\n");
      if (out.checkError()) {
        throw new IOException("standard output is closed");
      }
      return;
    }
    Path folder = output.toAbsolutePath().getParent();
    Path beside =
        Files.createTempFile(
            folder,
            ".render",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Path unused =
          Files.move(
              Files.writeString(beside, rendered),
              output,
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
    } finally {
      boolean unused = Files.deleteIfExists(beside);
    }
  }
}
