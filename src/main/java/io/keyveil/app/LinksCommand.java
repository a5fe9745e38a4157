package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.FileId;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkJson;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkSelection;
import io.keyveil.link.LinkState;
import io.keyveil.link.LinkWish;
import io.keyveil.link.Minting.Minted;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyveil links}: works on the store directly, beside gateways that run. */
@Command(
    name = "links",
    description = "Create, show and revoke links, and render documents with links in them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LinksCommand.Create.class,
      LinksCommand.Show.class,
      LinksCommand.Revoke.class,
      LinksRenderCommand.class
    })
final class LinksCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command (expected: one of create, show, revoke, render)");
  }

  static LinkId id(CommandSpec spec, String text) {
    return LinkId.parse(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "LINK-ID: not a link's ID (expected: 22 of A-Z a-z 0-9 - _)"));
  }

  /** {@code keyveil links create}. */
  @Command(
      name = "create",
      description = {
        "Mint a link for each file, and print its URL, once: only its digest is kept.",
        "With --name and --sibling, one link covers several files under names, as genome tools ask",
        "for an index beside its file."
      },
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();
    @Mixin private LinkTerms terms = new LinkTerms();

    @Parameters(
        arity = "1..*",
        paramLabel = "FILE-ID",
        description = "The files' IDs; after -- if one begins with -h or -V.")
    private List<String> ids = List.of();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "The last part of the file's address, such as sample.bam.")
    private @Nullable String name;

    @Option(
        names = "--sibling",
        paramLabel = "NAME=FILE-ID",
        description = "Another file under the same link, such as sample.bam.bai=ID; repeatable.")
    private Map<String, String> siblings = new LinkedHashMap<>();

    @Option(names = "--json", description = "One JSON object a line, with the link's ID.")
    private boolean json;

    @Override
    public Integer call() {
      List<FileId> files = ids.stream().map(text -> FilesCommand.id(spec, text)).toList();
      if (files.size() > 1 && (name != null || !siblings.isEmpty())) {
        throw new ParameterException(
            spec.commandLine(), "--name: with several files (expected: one file and its siblings)");
      }
      try (Workshop workshop = Workshop.open(config.read())) {
        LinkReader reader = workshop.linkReader();
        List<LinkWish> wishes =
            files.stream().map(file -> LinkTerms.valid(reader.read(wish(), file))).toList();
        List<Minted> minted = workshop.operatorLinks().mint(wishes);
        minted.forEach(link -> print(workshop, link));
        spec.commandLine().getOut().flush();
        return 0;
      }
    }

    private ObjectNode wish() {
      ObjectNode wish = terms.json();
      if (name != null) {
        wish.put("name", name);
      }
      if (!siblings.isEmpty()) {
        siblings.forEach(wish.putObject("siblings")::put);
      }
      return wish;
    }

    private void print(Workshop workshop, Minted minted) {
      String url = workshop.linkUrls().of(minted);
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? LinkJson.write(minted.link(), url).toString() : url);
    }
  }

  /** {@code keyveil links show}. */
  @Command(
      name = "show",
      description = "Show a link as JSON; its URL is kept nowhere.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
        paramLabel = "LINK-ID",
        description = "The link's ID; after -- if it begins with -h or -V.")
    private String id = "";

    @Override
    public Integer call() {
      LinkId wanted = id(spec, id);
      try (Workshop workshop = Workshop.open(config.read())) {
        LinkState state =
            workshop
                .links()
                .show(wanted)
                .await()
                .orElseThrow(() -> new CommandFailedException("no such link"));
        spec.commandLine().getOut().println(LinkJson.write(state).toPrettyString());
        spec.commandLine().getOut().flush();
        return 0;
      }
    }
  }

  /** {@code keyveil links revoke}. */
  @Command(
      name = "revoke",
      description = {
        "Revoke a link, all links of a file, or all that a subject minted; effective with the next",
        "request on every instance. Prints how many there are."
      },
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    @Option(
        names = "--issuer",
        paramLabel = "ISS",
        description = "Whose subject --minted-by means; without it, any issuer's.")
    private @Nullable String issuer;

    @Option(names = "--cut", description = "End downloads that run by them as well.")
    private boolean cut;

    @Override
    public Integer call() {
      LinkSelection selection = selection();
      try (Workshop workshop = Workshop.open(config.read())) {
        int count = workshop.operatorLinks().revoke(selection, cut);
        if (count == 0 && which.id != null) {
          throw new CommandFailedException("no such link");
        }
        spec.commandLine().getOut().println(count);
        spec.commandLine().getOut().flush();
        return 0;
      }
    }

    private LinkSelection selection() {
      if (which.id != null) {
        return new LinkSelection.One(LinksCommand.id(spec, which.id));
      }
      return which.file != null
          ? new LinkSelection.OfFile(FilesCommand.id(spec, which.file))
          : new LinkSelection.MintedBy(
              Optional.ofNullable(which.subject).orElse(""), Optional.ofNullable(issuer));
    }

    /** One of three ways to say which links. */
    static final class Which {
      @Parameters(
          index = "0",
          arity = "0..1",
          paramLabel = "LINK-ID",
          description = "A link's ID; after -- if it begins with -h or -V.")
      private @Nullable String id;

      @Option(names = "--file", paramLabel = "FILE-ID", description = "All links of this file.")
      private @Nullable String file;

      @Option(
          names = "--minted-by",
          paramLabel = "SUBJECT",
          description = "All links that this backend minted.")
      private @Nullable String subject;
    }
  }
}
