package io.keyveil.app;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.http.AddressBlock;
import io.keyveil.http.ConnectionSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import io.keyveil.http.PathPrefix;
import io.keyveil.http.ProxyProtocol;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The same settings for a gateway that stands behind something. */
final class EdgeSettings {
  static final List<AddressBlock> LOOPBACK = blocks("127.0.0.1");

  private EdgeSettings() {}

  static List<AddressBlock> blocks(String... texts) {
    return Stream.of(texts).map(text -> AddressBlock.parse(text).orElseThrow()).toList();
  }

  /** Plain HTTP, behind a proxy on the loopback that ends TLS. */
  static ListenSettings plain(ListenSettings listen) {
    return new ListenSettings(
        listen.host(),
        listen.port(),
        listen.publicUrl(),
        Optional.empty(),
        LOOPBACK,
        listen.proxyProtocol(),
        listen.pathPrefix(),
        listen.redirectPort(),
        listen.connections());
  }

  static ListenSettings trusting(ListenSettings listen, List<AddressBlock> trusted) {
    return new ListenSettings(
        listen.host(),
        listen.port(),
        listen.publicUrl(),
        listen.tls(),
        trusted,
        listen.proxyProtocol(),
        listen.pathPrefix(),
        listen.redirectPort(),
        listen.connections());
  }

  static ListenSettings proxied(ListenSettings listen, List<AddressBlock> trusted) {
    return new ListenSettings(
        listen.host(),
        listen.port(),
        listen.publicUrl(),
        listen.tls(),
        trusted,
        ProxyProtocol.REQUIRED,
        listen.pathPrefix(),
        listen.redirectPort(),
        listen.connections());
  }

  static ListenSettings at(ListenSettings listen, String publicUrl, PathPrefix prefix) {
    return new ListenSettings(
        listen.host(),
        listen.port(),
        URI.create(publicUrl),
        listen.tls(),
        listen.trustedProxies(),
        listen.proxyProtocol(),
        prefix,
        listen.redirectPort(),
        listen.connections());
  }

  static ListenSettings perAddress(ListenSettings listen, int connections) {
    ConnectionSettings standard = listen.connections();
    return new ListenSettings(
        listen.host(),
        listen.port(),
        listen.publicUrl(),
        listen.tls(),
        listen.trustedProxies(),
        listen.proxyProtocol(),
        listen.pathPrefix(),
        listen.redirectPort(),
        new ConnectionSettings(
            standard.handshake(),
            standard.firstRequest(),
            connections,
            standard.streams(),
            standard.resets(),
            standard.pings()));
  }

  static ListenSettings redirected(ListenSettings listen, int port) {
    return new ListenSettings(
        listen.host(),
        listen.port(),
        listen.publicUrl(),
        listen.tls(),
        listen.trustedProxies(),
        listen.proxyProtocol(),
        listen.pathPrefix(),
        port,
        listen.connections());
  }

  static KeyveilSettings listen(KeyveilSettings settings, UnaryOperator<ListenSettings> change) {
    return new KeyveilSettings(
        settings.profile(),
        change.apply(settings.listen()),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  static KeyveilSettings limited(KeyveilSettings settings, UnaryOperator<LimitSettings> change) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        change.apply(settings.limits()),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  /** The same where an nginx in front carries the bytes. */
  static KeyveilSettings offloaded(KeyveilSettings settings, OffloadSettings offload) {
    DeliverySettings delivery = settings.delivery();
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        new DeliverySettings(
            delivery.policy(),
            delivery.redirectAbove(),
            delivery.presignedFor(),
            delivery.readScope(),
            delivery.firstByteTimeout(),
            delivery.stallTimeout(),
            delivery.inlineTypes(),
            delivery.integrity(),
            delivery.resume(),
            offload),
        settings.links(),
        settings.audit(),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }
}
