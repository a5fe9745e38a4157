package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.http.PathPrefix;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway whose public address has a path. */
class PathPrefixIT {
  private static final String URL = "https://portal.test/dl";
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(PathPrefix.class)
  void hasThePathInEveryAddressThatItTells(PathPrefix prefix) {
    try (GatewayHarness gateway = at(prefix)) {
      String before = prefix == PathPrefix.KEPT ? "/dl" : "";
      gateway.s3().put(GatewayHarness.BUCKET, "k", new byte[10]);
      Answer registered =
          post(
              gateway,
              before + "/api/v1/files",
              """
              {"bucket": "%s", "key": "k", "name": "a", "type": "a/b",
               "access": {"subject": "alice"}}
              """
                  .formatted(GatewayHarness.BUCKET));
      assertThat(registered.status()).isEqualTo(201);
      String id = registered.body().toJsonObject().getString("id");
      assertThat(registered.header("Location")).contains("/dl/api/v1/files/" + id);
      assertThat(gateway.get(before + "/files/" + id, gateway.reader("alice")).status())
          .isEqualTo(200);
      Answer minted =
          post(gateway, before + "/api/v1/files/" + id + "/links", "{\"landing\": true}");
      assertThat(minted.header("Location").orElseThrow()).startsWith("/dl/api/v1/links/");
      String url = minted.body().toJsonObject().getString("url");
      assertThat(url).startsWith(URL + "/links/");
      String path = before + url.substring(URL.length());
      Answer page = send(gateway, HttpMethod.GET, path, "Accept", "text/html");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.text()).doesNotContain("action=\"/");
      Answer pressed =
          send(gateway, HttpMethod.POST, path, "Sec-Fetch-Mode", "navigate", "Content-Length", "0");
      assertThat(pressed.status()).isEqualTo(303);
      assertThat(pressed.header("Location").orElseThrow()).doesNotContain("/");
      assertThat(pressed.header("Set-Cookie").orElseThrow()).contains("; Path=/dl/links/");
      assertThat(send(gateway, HttpMethod.GET, before + "/openapi.yaml").text())
          .contains("- url: " + URL + "\n");
    }
  }

  @Test
  void hasNothingElsewhereWhereThePathIsKept() {
    try (GatewayHarness gateway = at(PathPrefix.KEPT)) {
      String id = "A".repeat(22);
      String token = gateway.reader("alice");
      assertThat(gateway.get("/files/" + id, token).text()).contains("not-found");
      assertThat(send(gateway, HttpMethod.GET, "/openapi.yaml").status()).isEqualTo(404);
      assertThat(send(gateway, HttpMethod.GET, "/dlx/openapi.yaml").status()).isEqualTo(404);
      assertThat(send(gateway, HttpMethod.GET, "/dl/openapi.yaml").status()).isEqualTo(200);
      assertThat(gateway.management("/metrics").text())
          .contains("route=\"/openapi.yaml\"")
          .doesNotContain("/dl");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dl/../openapi.yaml",
        "/DL/openapi.yaml",
        "/dlopenapi.yaml",
        "/dl/dl/openapi.yaml",
        "/%64l/../openapi.yaml",
        "/openapi.yaml?/dl/openapi.yaml",
        "/openapi.yaml;/dl/openapi.yaml",
        "/dl",
        "/dl/"
      })
  void isNotConfusedAboutItsPath(String path) {
    try (GatewayHarness gateway =
        GatewayHarness.start(
            folder,
            settings ->
                EdgeSettings.listen(
                    settings,
                    listen -> EdgeSettings.at(EdgeSettings.plain(listen), URL, PathPrefix.KEPT)))) {
      assertThat(RawHttp.ask(gateway.gateway().port(), RawHttp.get(path)))
          .startsWith("HTTP/1.1 4")
          .doesNotContain("openapi: ");
    }
  }

  private GatewayHarness at(PathPrefix prefix) {
    return GatewayHarness.start(
        folder,
        settings -> EdgeSettings.listen(settings, listen -> EdgeSettings.at(listen, URL, prefix)));
  }

  private static Answer post(GatewayHarness gateway, String path, String json) {
    return gateway.send(
        HttpMethod.POST,
        path,
        Optional.of(gateway.operator()),
        Buffer.buffer(json),
        "Content-Type",
        "application/json");
  }

  private static Answer send(
      GatewayHarness gateway, HttpMethod method, String path, String... fields) {
    return gateway.send(method, path, Optional.empty(), Buffer.buffer(), fields);
  }
}
