import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;

/** A bare Vert.x server that answers a fixed 302: the limit that redirects are measured against. */
public class BareRedirect extends AbstractVerticle {
  private static String[] arguments;

  public static void main(String[] args) {
    arguments = args;
    Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2))
        .deployVerticle(BareRedirect::new, new DeploymentOptions().setInstances(2));
  }

  @Override
  public void start() {
    String location = "https://s3.example/dl/" + "0".repeat(40) + "?X-Amz-Signature=" + "0".repeat(400);
    vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setKeyCertOptions(
                    new PemKeyCertOptions().setCertPath(arguments[1]).setKeyPath(arguments[2])))
        .requestHandler(
            request ->
                request
                    .response()
                    .setStatusCode(302)
                    .putHeader("Location", location)
                    .putHeader("Content-Length", "0")
                    .end())
        .listen(Integer.parseInt(arguments[0]), "127.0.0.1");
  }
}
