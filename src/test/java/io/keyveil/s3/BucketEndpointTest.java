package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of a bucket's address. */
final class BucketEndpointTest {
  @ParameterizedTest
  @CsvSource({
    "https://s3.example.org, https://s3.example.org, s3.example.org, /",
    "https://s3.example.org/clinic, https://s3.example.org, s3.example.org, /clinic/",
    "https://s3.example.org:443/clinic/, https://s3.example.org:443, s3.example.org, /clinic/",
    "https://s3.example.org:80/, https://s3.example.org:80, s3.example.org:80, /",
    "http://s3.example.org:80/, http://s3.example.org:80, s3.example.org, /",
    "http://127.0.0.1:9000/a%20b, http://127.0.0.1:9000, 127.0.0.1:9000, /a%20b/",
  })
  void namesNoPortThatClientsLeaveOut(URI bucket, String origin, String host, String path) {
    assertThat(BucketEndpoint.of(bucket)).isEqualTo(new BucketEndpoint(origin, host, path));
  }
}
