package io.keyveil.app;

import io.keyveil.access.JwtVerifier;
import io.keyveil.block.BlockRegistry;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.CachedFileStore;
import io.keyveil.file.FileRegistry;
import io.keyveil.file.RegistrationReader;
import io.keyveil.link.LinkReader;
import io.keyveil.link.LinkUrls;
import io.keyveil.link.Links;
import io.keyveil.s3.S3;
import io.keyveil.s3.S3Uploads;
import io.keyveil.store.Database;
import io.keyveil.store.SqlBlockStore;
import io.keyveil.store.SqlFileStore;
import io.keyveil.store.SqlLinkStore;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;

/** Store and S3 for one command that does not serve; closed when the command is done. */
final class Workshop implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final KeyveilSettings settings;
  private final Database database;
  private final S3 s3;
  private final OperatorLog log;

  private Workshop(KeyveilSettings settings) {
    this.settings = settings;
    try {
      database = Database.open(vertx, settings.store());
      int unused = database.migrate();
    } catch (RuntimeException e) {
      vertx.close().await();
      throw e;
    }
    s3 = S3.of(vertx, settings.s3(), settings.delivery(), clock);
    log = new OperatorLog(vertx, settings.audit(), random, clock);
  }

  static Workshop open(KeyveilSettings settings) {
    return new Workshop(settings);
  }

  FileRegistry registry() {
    return new FileRegistry(
        new CachedFileStore(new SqlFileStore(database), settings.cache()),
        s3.control(),
        clock,
        random);
  }

  /** Where it is recorded what the command changes. */
  OperatorLog log() {
    return log;
  }

  BlockRegistry blocks() {
    return new BlockRegistry(new SqlBlockStore(database), clock, random);
  }

  Links links() {
    return new Links(
        new SqlLinkStore(database),
        new CachedFileStore(new SqlFileStore(database), settings.cache()),
        settings.links(),
        clock,
        random);
  }

  /** The same on record. */
  OperatorLinks operatorLinks() {
    return new OperatorLinks(links(), log);
  }

  LinkReader linkReader() {
    return new LinkReader(settings.links());
  }

  LinkUrls linkUrls() {
    return new LinkUrls(settings.listen().publicUrl());
  }

  /** A verifier that has read the issuers' keys once, for one command. */
  JwtVerifier tokens() {
    JwtVerifier verifier = JwtVerifier.create(vertx, settings.tokens(), clock);
    verifier.start().await();
    return verifier;
  }

  RegistrationReader registrations() {
    return new RegistrationReader(
        Set.copyOf(settings.s3().buckets()), settings.delivery().policy(), clock);
  }

  Vertx vertx() {
    return vertx;
  }

  S3 s3() {
    return s3;
  }

  S3Uploads uploads() {
    return s3.uploads(random);
  }

  @Override
  public void close() {
    log.close();
    s3.close().await();
    database.close();
    vertx.close().await();
  }
}
