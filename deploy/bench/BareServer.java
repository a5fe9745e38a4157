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

/**
 * What a durable record costs by itself: a bare Vert.x server that puts two fixed lines on disk before
 * each answer, many requests to one fdatasync, and then answers a fixed 302 or passes on a fixed object.
 * It looks at nothing, so no gateway with such a log on Vert.x can be cheaper.
 */
public class BareRecorded extends AbstractVerticle {
  private static final byte[] TWO_RECORDS = ("{\"x\":\"" + "0".repeat(520) + "\"}\n").repeat(2).getBytes();
  private static String[] arguments;
  private static Log log;

  /** Port, certificate, key, file of the log, and for passing on: the backend's port and the path. */
  public static void main(String[] args) throws IOException {
    arguments = args;
    log = new Log(Path.of(args[3]));
    log.start();
    Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2))
        .deployVerticle(BareRecorded::new, new DeploymentOptions().setInstances(2));
  }

  @Override
  public void start() {
    String location = "https://s3.example/dl/" + "0".repeat(40) + "?X-Amz-Signature=" + "0".repeat(400);
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
              Context here = vertx.getOrCreateContext();
              log.add(
                  new Waiting(
                      here,
                      () -> {
                        if (arguments.length > 4) {
                          passOn(client, request.response());
                        } else {
                          request
                              .response()
                              .setStatusCode(302)
                              .putHeader("Location", location)
                              .putHeader("Content-Length", "0")
                              .end();
                        }
                      }));
            })
        .listen(Integer.parseInt(arguments[0]), "127.0.0.1");
  }

  private static void passOn(HttpClient client, HttpServerResponse response) {
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
