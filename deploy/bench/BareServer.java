import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The limits that the gateway is measured against: a bare Vert.x server that answers a fixed 302 or passes
 * on a fixed object, at once or after it has put two fixed lines on disk, many requests to one fdatasync.
 * It looks at nothing, so a gateway with such a log on Vert.x can hardly be cheaper.
 */
public class BareServer extends AbstractVerticle {
  private static final byte[] TWO_RECORDS = ("{\"x\":\"" + "0".repeat(520) + "\"}\n").repeat(2).getBytes();
  private static final String LOCATION = "https://s3.example/dl/" + "0".repeat(40) + "?X-Amz-Signature=" + "0".repeat(400);
  private static String[] arguments;
  private static Optional<Log> log = Optional.empty();

  /** Port, certificate, key, file of the log or -, and for passing on: the backend's port and the path. */
  public static void main(String[] args) throws IOException {
    arguments = args;
    if (!args[3].equals("-")) {
      log = Optional.of(new Log(Path.of(args[3])));
      log.get().start();
    }
    Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2))
        .deployVerticle(BareServer::new, new DeploymentOptions().setInstances(2));
  }

  @Override
  public void start() {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setDefaultHost("127.0.0.1"), new PoolOptions().setHttp1MaxSize(64));
    vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setKeyCertOptions(
                    new PemKeyCertOptions().setCertPath(arguments[1]).setKeyPath(arguments[2])))
        .requestHandler(
            request -> {
              Runnable answer = () -> answer(client, request.response());
              log.ifPresentOrElse(
                  file -> file.add(new Waiting(vertx.getOrCreateContext(), answer)), answer);
            })
        .listen(Integer.parseInt(arguments[0]), "127.0.0.1");
  }

  private static void answer(HttpClient client, HttpServerResponse response) {
    if (arguments.length == 4) {
      response
          .setStatusCode(302)
          .putHeader("Location", LOCATION)
          .putHeader("Content-Length", "0")
          .end();
      return;
    }
    client
        .request(HttpMethod.GET, Integer.parseInt(arguments[4]), "127.0.0.1", arguments[5])
        .compose(HttpClientRequest::send)
        .compose(HttpClientResponse::body)
        .onSuccess(response::end)
        .onFailure(failure -> response.reset());
  }

  /** Somebody whose answer leaves once its lines are on disk. */
  private record Waiting(Context where, Runnable answer) {}

  /** One thread that writes what waits, lets the disk confirm, and tells everyone. */
  private static final class Log extends Thread {
    private final FileChannel file;
    private List<Waiting> waiting = new ArrayList<>();

    Log(Path path) throws IOException {
      file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      setDaemon(true);
    }

    synchronized void add(Waiting one) {
      waiting.add(one);
      notifyAll();
    }

    private synchronized List<Waiting> take() throws InterruptedException {
      while (waiting.isEmpty()) {
        wait();
      }
      List<Waiting> taken = waiting;
      waiting = new ArrayList<>();
      return taken;
    }

    @Override
    public void run() {
      ByteBuffer lines = ByteBuffer.allocateDirect(TWO_RECORDS.length * 1000);
      try {
        while (true) {
          List<Waiting> batch = take();
          lines.clear();
          batch.forEach(one -> lines.put(TWO_RECORDS));
          file.write(lines.flip());
          file.force(false);
          Map<Context, List<Waiting>> byLoop = new IdentityHashMap<>();
          batch.forEach(one -> byLoop.computeIfAbsent(one.where(), loop -> new ArrayList<>()).add(one));
          byLoop.forEach((loop, its) -> loop.runOnContext(now -> its.forEach(one -> one.answer().run())));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
