package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.BufferSink;
import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Chunk;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectFacts;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that clients get wrong are read, headed and signed as S3 knows them. */
class OddKeysIT {
  private static final String BUCKET = "clinic-files";
  private static final Vertx VERTX = Vertx.vertx();
  @TempDir static Path folder;
  private static LocalS3 server;
  private static S3 s3;

  @BeforeAll
  static void start() {
    server = new LocalS3(folder, BUCKET, "dl-test");
    s3 =
        S3.of(
            VERTX,
            LocalS3.settings(server.endpoint(), BUCKET, "dl-test"),
            DeliverySettings.DEFAULTS,
            InstantSource.system());
  }

  @AfterAll
  static void stop() {
    s3.close().await();
    server.close();
    VERTX.close().await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain.bin",
        "patients/Jane Doe/2026-03 MRI.pdf",
        "a+b",
        "100%",
        "%41%2F",
        "what?x=y&z",
        "part#2",
        "a//b",
        "a/../b",
        "a/./b",
        "it's \"quoted\"",
        "Müller/Ærø/検査.dcm",
        "emoji-\uD83D\uDE00",
        "a=b;c,d:e@f!g$h(i)j*k~l",
        "tab\there",
        "[x]{y}|z\\w^`<>",
      })
  void readsHeadsAndSignsThem(String key) throws Exception {
    byte[] content = ("content of " + key).getBytes(StandardCharsets.UTF_8);
    server.put(BUCKET, key, content);
    ObjectKey location = new ObjectKey(BUCKET, key, Optional.empty());

    Optional<ObjectFacts> facts = s3.control().head(location).await();
    assertThat(facts).map(ObjectFacts::size).contains((long) content.length);

    FileRecord file = SampleFiles.at(location, facts.orElseThrow());
    assertThat(read(file, Optional.empty())).isEqualTo(content);
    assertThat(read(file, Optional.of(new ByteSpan(3, 6)))).asString().isEqualTo("tent");

    SignedUrl url = s3.redirects().sign(file, "attachment", "c0ffee").await();
    HttpResponse<byte[]> fetched =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url.reveal())).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(fetched.statusCode()).isEqualTo(200);
    assertThat(fetched.body()).isEqualTo(content);
    assertThat(fetched.headers().firstValue("content-disposition")).contains("attachment");
  }

  private static byte[] read(FileRecord file, Optional<ByteSpan> span) {
    Context loop = VERTX.getOrCreateContext();
    Promise<Buffer> content = Promise.promise();
    loop.runOnContext(
        now ->
            s3.source()
                .open(file, span, new Interest())
                .onFailure(content::fail)
                .onSuccess(read -> collect(read, content)));
    return content.future().await().getBytes();
  }

  private static void collect(ObjectRead read, Promise<Buffer> content) {
    Buffer all = Buffer.buffer();
    read.start(
        new ObjectRead.Receiver() {
          @Override
          public void bytes(Chunk chunk) {
            var unused = chunk.writeTo(new BufferSink(all));
          }

          @Override
          public void ended() {
            content.complete(all);
          }

          @Override
          public void broken(SourceFailure failure) {
            content.fail(failure.word());
          }
        });
  }
}
