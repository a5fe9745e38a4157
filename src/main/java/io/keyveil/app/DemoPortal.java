package io.keyveil.app;

import io.keyveil.app.ServeCommand.Running;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.demo.portal.Portal;
import io.keyveil.page.Pages;
import java.security.SecureRandom;

/** Puts the clinic's portal beside the demo's gateway. */
final class DemoPortal {
  private DemoPortal() {}

  /** Listens; it stops with the gateway's Vert.x. */
  static Portal start(
      Running running,
      DemoHouse house,
      KeyveilSettings settings,
      DemoFiles files,
      DemoTokens tokens,
      int port) {
    Portal.Parts parts =
        new Portal.Parts(
            new Pages(settings.pages()),
            files.documents(),
            new DemoTrail(running.vertx(), settings.audit().folder()),
            settings.listen().publicUrl(),
            house.authority(),
            house.certificateKey(),
            tokens::operator,
            new SecureRandom());
    return Portal.start(running.vertx(), parts, port).await();
  }
}
