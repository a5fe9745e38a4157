import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many clients that each read 8 KiB a second of one download. Prints a JSON line every five seconds,
 * and stops by itself.
 */
public class SlowReaders {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    String path = args[1];
    String token = args[2];
    int readers = Integer.parseInt(args[3]);
    int seconds = Integer.parseInt(args[4]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2));
    NetClient client =
        vertx.createNetClient(
            new NetClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm("")
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setReceiveBufferSize(8192)
                .setSslHandshakeTimeout(60)
                .setConnectTimeout(60_000));
    Queue<NetSocket> open = new ConcurrentLinkedQueue<>();
    AtomicLong bytes = new AtomicLong();
    AtomicInteger alive = new AtomicInteger();
    AtomicInteger lost = new AtomicInteger();
    for (int i = 0; i < readers; i++) {
      client
          .connect(port, "127.0.0.1")
          .onFailure(failure -> lost.incrementAndGet())
          .onSuccess(
              socket -> {
                alive.incrementAndGet();
                long[] budget = {0};
                boolean[] begun = {false};
                socket.closeHandler(
                    closed -> {
                      alive.decrementAndGet();
                      lost.incrementAndGet();
                    });
                socket.exceptionHandler(failure -> {});
                socket.handler(
                    buffer -> {
                      // A refusal would be a very slow reader too.
                      if (!begun[0] && !buffer.toString().startsWith("HTTP/1.1 200 ")) {
                        socket.close();
                        return;
                      }
                      begun[0] = true;
                      bytes.addAndGet(buffer.length());
                      budget[0] -= buffer.length();
                      if (budget[0] <= 0) {
                        socket.pause();
                      }
                    });
                vertx.setPeriodic(
                    1000,
                    tick -> {
                      budget[0] = Math.min(8192, budget[0] + 8192);
                      if (budget[0] > 0) {
                        socket.resume();
                      }
                    });
                socket.write(
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n");
                open.add(socket);
              });
      if (i % 50 == 49) {
        Thread.sleep(100);
      }
    }
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      Thread.sleep(5000);
      System.out.printf(
          "{\"alive\": %d, \"lost\": %d, \"MiB\": %d}%n", alive.get(), lost.get(), bytes.get() >> 20);
    }
    System.exit(0);
  }
}
