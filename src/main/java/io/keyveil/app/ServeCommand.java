package io.keyveil.app;

import io.keyveil.config.KeyveilSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keyveil serve}: runs the gateway until it is stopped. */
@Command(
    name = "serve",
    description = "Run the gateway until it is stopped (SIGTERM or Ctrl-C).",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private ConfigOption config = new ConfigOption();

  @Override
  public Integer call() throws InterruptedException {
    KeyveilSettings settings = config.read();
    HeapThrift.ask();
    Running running = Running.start(settings, vertx());
    LOG.atInfo()
        .addKeyValue("port", running.gateway().port())
        .addKeyValue("management", running.gateway().managementPort())
        .log("serving");
    var unused = running.gateway().unready().onSuccess(ServeCommand::warn);
    return running.untilStopped();
  }

  private static void warn(Map<String, String> unready) {
    unready.forEach(
        (check, reason) ->
            LOG.atWarn()
                .addKeyValue("check", check)
                .addKeyValue("reason", reason)
                .log("not ready"));
  }

  /** A Vert.x as the gateway wants it: native transport, one event loop for each core. */
  static Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors()));
  }

  /** A gateway that runs, and stops when the process is told to. */
  record Running(Gateway gateway, Vertx vertx) {
    static Running start(KeyveilSettings settings, Vertx vertx) {
      try {
        Gateway gateway = Gateway.assemble(vertx, settings, InstantSource.system());
        start(gateway);
        return new Running(gateway, vertx);
      } catch (RuntimeException e) {
        vertx.close().await();
        throw e;
      }
    }

    private static void start(Gateway gateway) {
      try {
        gateway.start().await();
      } catch (RuntimeException e) {
        gateway.stop().await();
        throw e;
      }
    }

    /** Waits for the end of the process, which the shutdown hook brings about with exit code 0. */
    Integer untilStopped(Runnable... last) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(last), "keyveil-stop"));
      Thread.currentThread().join();
      return 0;
    }

    void close(Runnable... last) {
      gateway.stop().await();
      vertx.close().await();
      for (Runnable step : last) {
        step.run();
      }
    }

    private void stop(Runnable... last) {
      try {
        close(last);
        LOG.atInfo().log("stopped");
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("not stopped cleanly");
        Runtime.getRuntime().halt(Failures.FAILED);
      }
      // Told to stop and stopped: that is a success, whatever signal it was.
      Runtime.getRuntime().halt(0);
    }
  }
}
