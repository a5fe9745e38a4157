package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.OpenSsl;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** That both engines have what is offered, and what is offered is modern. */
final class TlsSuitesTest {
  @Test
  void areKnownToBothEngines() throws GeneralSecurityException {
    assertThat(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
        .contains(EventLoopServer.SUITES.toArray(String[]::new));
    assertThat(OpenSsl.isAvailable()).isTrue();
    assertThat(OpenSsl.availableJavaCipherSuites()).containsAll(EventLoopServer.SUITES);
  }

  @Test
  void haveForwardSecrecyAndAuthenticatedEncryption() {
    assertThat(EventLoopServer.SUITES)
        .allMatch(
            suite ->
                suite.matches(
                    "TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA\\d+"));
  }
}
