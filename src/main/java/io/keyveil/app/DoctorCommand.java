package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.app.Finding.Severity;
import io.keyveil.config.KeyveilSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyveil doctor}: looks at a deployment, and says of each finding what helps. */
@Command(
    name = "doctor",
    description =
        "Look at everything that the gateway needs, and say what is wrong and what helps.",
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:all is well, or noted only", "1:failures", "2:wrong usage", "3:warnings"},
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int WARNED = 3;

  /** Not even a folder for what it might unpack. */
  private static final FileSystemOptions NO_FILES =
      new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Look at the keys of so many files; default: ${DEFAULT-VALUE}.")
  private int keys;

  @Override
  public Integer call() {
    KeyveilSettings settings = config.read();
    Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(NO_FILES));
    try {
      List<Finding> findings =
          new Examination(vertx, settings, InstantSource.system(), keys).findings();
      return print(findings);
    } finally {
      vertx.close().await();
    }
  }

  private int print(List<Finding> findings) {
    Severity worst =
        findings.stream().map(Finding::severity).max(Comparator.naturalOrder()).orElseThrow();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(findings, worst));
    } else {
      Finding.told(findings).forEach(finding -> out.println(finding.text()));
      out.println(Finding.counted(findings));
    }
    out.flush();
    return switch (worst) {
      case OK, NOT_SUPPORTED, NOTE -> 0;
      case WARNING -> WARNED;
      case FAILURE -> Failures.FAILED;
    };
  }

  private static ObjectNode json(List<Finding> findings, Severity worst) {
    ObjectNode all = JsonNodeFactory.instance.objectNode().put("severity", worst.word());
    ArrayNode list = all.putArray("findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("check", finding.check())
          .put("severity", finding.severity().word())
          .put("found", finding.found())
          .put("remedy", finding.remedy());
    }
    return all;
  }
}
