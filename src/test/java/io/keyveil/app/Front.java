package io.keyveil.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real proxy in front of gateways, run on a configuration of {@code deploy/} in which nothing but
 * addresses and paths is replaced.
 */
final class Front implements AutoCloseable {
  private final Process process;
  private final Path folder;
  private final Path output;

  private Front(Path folder, List<String> command) {
    this.folder = folder;
    try {
      output = Files.createTempFile(folder, "front", ".log");
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Front haproxy(Path folder, String configuration, int port, Map<String, String> replaced) {
    require("/usr/sbin/haproxy");
    Path file = write(folder, Path.of("deploy", "haproxy", configuration), replaced);
    return new Front(folder, List.of("/usr/sbin/haproxy", "-db", "-f", file.toString()))
        .listening(port);
  }

  static Front nginx(Path folder, String configuration, int port, Map<String, String> replaced) {
    require("/usr/sbin/nginx");
    Path file = write(folder, Path.of("deploy", "nginx", configuration), replaced);
    try {
      String main =
          """
          %s
          daemon off;
          master_process off;
          pid %s/nginx.pid;
          error_log %s/error.log warn;
          events {}
          http {
            client_body_temp_path %s/tmp-body;
            proxy_temp_path %s/tmp-proxy;
            fastcgi_temp_path %s/tmp-f;
            uwsgi_temp_path %s/tmp-u;
            scgi_temp_path %s/tmp-s;
            include %s;
          }
          """
              .formatted(
                  replaced.getOrDefault("modules", ""),
                  folder,
                  folder,
                  folder,
                  folder,
                  folder,
                  folder,
                  folder,
                  file);
      Path whole = Files.writeString(folder.resolve("nginx.conf"), main);
      return new Front(
              folder, List.of("/usr/sbin/nginx", "-p", folder.toString(), "-c", whole.toString()))
          .listening(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Skips the test, and says so, where the program is not installed. */
  static void require(String program) {
    Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed");
  }

  /** A port that was free a moment ago. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The certificate and key of a harness in one file, as HAProxy wants them. */
  static Path pem(Path folder) {
    try {
      return Files.writeString(
          folder.resolve("both.pem"),
          Files.readString(folder.resolve("cert.pem"))
              + Files.readString(folder.resolve("key.pem")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path write(Path folder, Path source, Map<String, String> replaced) {
    try {
      String text = Files.readString(source);
      for (Map.Entry<String, String> one : replaced.entrySet()) {
        if (!text.contains(one.getKey()) && !one.getKey().equals("modules")) {
          throw new AssertionError(source + " has no " + one.getKey());
        }
        text = text.replace(one.getKey(), one.getValue());
      }
      return Files.writeString(folder.resolve("front-" + source.getFileName()), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Front listening(int port) {
    Wait.until("the proxy at its port: " + output, () -> isUp(port));
    return this;
  }

  private boolean isUp(int port) {
    if (!process.isAlive()) {
      throw new AssertionError("the proxy ended: " + output());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  void signal(String name) {
    Program.Result sent =
        Program.run(folder, Map.of(), "kill", "-" + name, Long.toString(process.pid()));
    if (sent.code() != 0) {
      throw new AssertionError(sent.err());
    }
  }

  void awaitEnd() {
    Wait.until("the end of the proxy", () -> !process.isAlive());
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
