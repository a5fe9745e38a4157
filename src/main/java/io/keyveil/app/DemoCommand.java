package io.keyveil.app;

import io.keyveil.app.ServeCommand.Running;
import io.keyveil.config.ConfigReader;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.demo.portal.Portal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code keyveil demo}: everything in one process, with the main job done once before your eyes.
 */
@Command(
    name = "demo",
    description = {
      "Run everything in one process: an S3 server, an issuer, the gateway and sample files.",
      "Does the main job once, prints commands to paste, and serves until stopped."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where everything is kept; may be used again (default: a new temporary one).")
  private @Nullable Path folder;

  @Option(
      names = "--port",
      defaultValue = "8443",
      description = "The gateway's port (default: ${DEFAULT-VALUE}; 0 takes a free one).")
  private int port;

  @Option(
      names = "--portal-port",
      defaultValue = "0",
      description = "The port of the clinic's portal (default: ${DEFAULT-VALUE}, a free one).")
  private int portalPort;

  @Option(names = "--json", description = "Print one line of JSON when ready, for programs.")
  private boolean json;

  @Option(names = "--once", description = "Do the main job and stop; fails if it went wrong.")
  private boolean once;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requirePort("--port", port);
    requirePort("--portal-port", portalPort);
    DemoHouse house = DemoHouse.build(home(), port);
    try {
      KeyveilSettings settings = ConfigReader.read(house.config(), Map.of());
      Running running = Running.start(settings, ServeCommand.vertx());
      DemoFiles files = DemoFiles.register(house, running.gateway());
      DemoTokens tokens = new DemoTokens(house);
      Portal portal = DemoPortal.start(running, house, settings, files, tokens, portalPort);
      boolean well = tell(new DemoReport(house, running.gateway(), files, tokens, portal.url()));
      if (once) {
        running.close(house::close);
        return well ? 0 : Failures.FAILED;
      }
      return running.untilStopped(house::close);
    } catch (IOException | RuntimeException e) {
      house.close();
      throw e;
    }
  }

  private void requirePort(String option, int port) {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + port + " (expected: 0 to 65535)");
    }
  }

  private boolean tell(DemoReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    boolean well = true;
    if (json) {
      out.println(report.json());
    } else {
      well = report.perform(out);
    }
    if (!json && !once) {
      report.print(out);
    }
    out.flush();
    return well;
  }

  private Path home() throws IOException {
    return folder == null
        ? Files.createTempDirectory("keyveil-demo-")
        : Files.createDirectories(folder).toRealPath();
  }
}
