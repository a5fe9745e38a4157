package io.keyveil.store;

import io.keyveil.access.AccessRule;
import io.keyveil.file.CachedFileStore;
import io.keyveil.file.Checksums;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.Disposition;
import io.keyveil.file.EntityTag;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.FileStore;
import io.keyveil.file.ObjectKey;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * How large the table of files gets, and how long a lookup takes in it: by the store's own SQL and
 * threads, one lookup at a time. Arguments: a folder that is not there yet, how many files for
 * PostgreSQL, and how many for SQLite.
 *
 * <p>Rows are inserted in batches of ten thousand, as a bulk import ends; what a registration costs
 * besides, a HEAD to S3, is not in it.
 */
public final class StoreFigures {
  private static final int BATCH = 10_000;
  private static final int LOOKUPS = 100_000;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String INSERT =
      "INSERT INTO files (%s) VALUES (%s)"
          .formatted(FileRow.COLUMNS, FileRow.COLUMNS.replaceAll("\\w+", "?"));

  private StoreFigures() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Vertx vertx = Vertx.vertx();
    System.out.printf(
        "%-11s %11s %12s %10s %10s %22s %22s %22s%n",
        "store",
        "files",
        "inserted/s",
        "table",
        "indexes",
        "hit p50/p99/max us",
        "miss p50/p99/max us",
        "cached p50/p99 us");
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("pg")).start()) {
      String url = "postgresql://localhost:" + server.getPort() + "/postgres";
      measure(vertx, "PostgreSQL", url, Long.parseLong(arguments[1]));
    }
    measure(vertx, "SQLite", "sqlite:" + folder.resolve("k.db"), Long.parseLong(arguments[2]));
    vertx.close().await();
  }

  private static void measure(Vertx vertx, String name, String url, long files) throws Exception {
    Database database =
        Database.open(
            vertx,
            new StoreSettings(
                url, "postgres", Optional.empty(), 4, 512, Duration.ofMinutes(4)));
    int migrations = database.migrate();
    List<FileId> some = new ArrayList<>();
    long began = System.nanoTime();
    for (long done = 0; done < files; done += BATCH) {
      long at = done;
      FileId last =
          database
              .write(connection -> Transaction.run(connection, within -> insert(within, at)))
              .await();
      some.add(last);
      if (done % 1_000_000 == 0) {
        System.err.printf("%s: %d of %d%n", name, done, files);
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    some.addAll(sample(database));
    FileStore store = new SqlFileStore(database);
    Random random = new Random(1);
    long[] hits = times(() -> store.find(some.get(random.nextInt(some.size()))).await());
    long[] misses = times(() -> store.find(FileId.random(RANDOM)).await());
    FileStore cached =
        new CachedFileStore(
            store, new FileCacheSettings(100_000, Duration.ofHours(1), Duration.ZERO));
    some.subList(0, Math.min(1000, some.size())).forEach(id -> cached.find(id).await());
    long[] remembered =
        times(() -> cached.find(some.get(random.nextInt(Math.min(1000, some.size())))).await());
    System.out.printf(
        Locale.ROOT,
        "%-11s %11d %12.0f %10s %10s %22s %22s %22s%n",
        name,
        files,
        files / seconds,
        size(database, url, true),
        size(database, url, false),
        quantiles(hits),
        quantiles(misses),
        String.format(Locale.ROOT, "%.1f / %.1f", at(remembered, 0.5), at(remembered, 0.99)));
    System.err.printf("%d migrations, %d sampled%n", migrations, some.size());
    database.close();
  }

  private static FileId insert(Connection connection, long from) throws SQLException {
    FileRecord file = file(from);
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < BATCH; i++) {
        file = file(from + i);
        int unused = FileRow.write(insert, file);
        insert.addBatch();
      }
      int[] unused = insert.executeBatch();
    }
    return file.id();
  }

  /** As a clinic's: a key of eighty characters, a rule of two parts. */
  private static FileRecord file(long number) {
    return new FileRecord(
        FileId.random(RANDOM),
        new ObjectKey(
            "clinic-files",
            "patients/p-%07d/studies/2026-03/series-%03d/image-%09d.dcm"
                .formatted(number % 3_000_000, number % 500, number),
            Optional.of("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY")),
        false,
        number * 1031 % (1L << 30),
        new EntityTag("\"%032x\"".formatted(number * 0x9e3779b97f4a7c15L)),
        Instant.ofEpochSecond(1_700_000_000L + number / 100),
        Checksums.NONE,
        "image-" + number + ".dcm",
        "application/dicom",
        Disposition.ATTACHMENT,
        DeliveryPolicy.AUTO,
        false,
        new AccessRule.AnyOf(
            List.of(
                new AccessRule.ClaimIs("patient", "p-" + number % 3_000_000),
                new AccessRule.HasScope("files:all"))),
        Optional.empty(),
        FileState.ACTIVE,
        Instant.ofEpochMilli(1_790_000_000_000L + number),
        1);
  }

  /** IDs from all over the table: of random bits, so any stretch of the order is a sample. */
  private static List<FileId> sample(Database database) {
    return database
        .read(
            connection -> {
              List<FileId> ids = new ArrayList<>();
              try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT id FROM files WHERE id > ? ORDER BY id LIMIT 200")) {
                for (int i = 0; i < 500; i++) {
                  select.setString(1, FileId.random(RANDOM).text());
                  try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                      ids.add(new FileId(rows.getString(1)));
                    }
                  }
                }
              }
              return ids;
            })
        .await();
  }

  private static long[] times(Runnable lookup) {
    for (int i = 0; i < LOOKUPS / 5; i++) {
      lookup.run();
    }
    long[] times = new long[LOOKUPS];
    for (int i = 0; i < LOOKUPS; i++) {
      long began = System.nanoTime();
      lookup.run();
      times[i] = System.nanoTime() - began;
    }
    Arrays.sort(times);
    return times;
  }

  private static String quantiles(long[] times) {
    return String.format(
        Locale.ROOT, "%.0f / %.0f / %.0f", at(times, 0.5), at(times, 0.99), at(times, 1));
  }

  private static double at(long[] times, double quantile) {
    int index = (int) Math.min(times.length - 1, quantile * times.length);
    return times[index] / (double) TimeUnit.MICROSECONDS.toNanos(1);
  }

  private static String size(Database database, String url, boolean table) {
    String sql =
        url.startsWith("sqlite:")
            ? table
                ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                : "SELECT 0"
            : table
                ? "SELECT pg_table_size('files')"
                : "SELECT pg_indexes_size('files')";
    long bytes =
        database
            .read(
                connection -> {
                  try (ResultSet row = connection.createStatement().executeQuery(sql)) {
                    return row.next() ? row.getLong(1) : 0L;
                  }
                })
            .await();
    return bytes == 0 ? "(in it)" : (bytes >> 20) + " MiB";
  }
}
