package io.keyveil.link;

import java.net.URI;

/** Makes the addresses of links. */
public final class LinkUrls {
  private final String base;

  /**
   * @param publicUrl how clients reach the gateway, with the path that a proxy may put before
   */
  public LinkUrls(URI publicUrl) {
    this.base = publicUrl.toString().replaceFirst("/+$", "") + "/links/";
  }

  /** The address of a link; of one with names, that of its main file. */
  public String of(Minting.Minted minted) {
    return base
        + minted.token().reveal()
        + minted.link().main().name().map(name -> "/" + name).orElse("");
  }
}
