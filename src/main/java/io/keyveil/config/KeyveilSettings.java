package io.keyveil.config;

import io.keyveil.access.TokenSettings;
import io.keyveil.audit.AuditSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.DrainSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import io.keyveil.link.LinkSettings;
import io.keyveil.ops.ManagementSettings;
import io.keyveil.page.PageSettings;
import io.keyveil.s3.S3Settings;
import io.keyveil.store.StoreSettings;

/**
 * Every setting of the gateway, a record for each section of the file.
 *
 * @param profile what it is run for
 * @param listen the public listener
 * @param management the management listener
 * @param tokens which tokens are accepted
 * @param store where records are kept
 * @param cache how many of them stay in memory
 * @param s3 the S3 behind the gateway
 * @param delivery how bytes leave
 * @param links what links may be
 * @param audit where decisions are written down
 * @param limits what a client may send and how long it may take
 * @param cors which pages of other origins may read what they download
 * @param pages what people see in a browser
 * @param drain how the gateway stops
 */
public record KeyveilSettings(
    Profile profile,
    ListenSettings listen,
    ManagementSettings management,
    TokenSettings tokens,
    StoreSettings store,
    FileCacheSettings cache,
    S3Settings s3,
    DeliverySettings delivery,
    LinkSettings links,
    AuditSettings audit,
    LimitSettings limits,
    CorsSettings cors,
    PageSettings pages,
    DrainSettings drain) {
  /** As {@code conf/keyveil.yaml} has them; production refuses them, for there is no issuer. */
  public static final KeyveilSettings DEFAULTS =
      new KeyveilSettings(
          Profile.PRODUCTION,
          ListenSettings.DEFAULTS,
          ManagementSettings.DEFAULTS,
          TokenSettings.DEFAULTS,
          StoreSettings.DEFAULTS,
          FileCacheSettings.DEFAULTS,
          S3Settings.DEFAULTS,
          DeliverySettings.DEFAULTS,
          LinkSettings.DEFAULTS,
          AuditSettings.DEFAULTS,
          LimitSettings.DEFAULTS,
          CorsSettings.DEFAULTS,
          PageSettings.DEFAULTS,
          DrainSettings.DEFAULTS);
}
