package io.keyveil.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.access.AccessRule;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads the JSON of a registration, strictly and with all its problems at once. */
public final class RegistrationReader {
  private static final Set<String> DETAILS =
      Set.of("name", "type", "disposition", "delivery", "harmlessName", "access", "expiresAt");
  private static final Set<String> LOCATION = Set.of("bucket", "key", "versionId");
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final Set<String> buckets;
  private final DeliveryPolicy defaultDelivery;
  private final InstantSource clock;

  /**
   * Makes a reader.
   *
   * @param buckets the only buckets whose keys may be registered
   * @param defaultDelivery the delivery of a file that names none
   * @param clock what tells a past expiry from one to come
   */
  public RegistrationReader(
      Set<String> buckets, DeliveryPolicy defaultDelivery, InstantSource clock) {
    this.buckets = Set.copyOf(buckets);
    this.defaultDelivery = defaultDelivery;
    this.clock = clock;
  }

  /** Reads a wish to register an object that a person put into S3. */
  public Reading<Registration> read(JsonNode json) {
    Set<String> known = new HashSet<>(DETAILS);
    known.addAll(LOCATION);
    FieldReader fields = FieldReader.of(json, known);
    fields.require("bucket", "a bucket of s3.buckets");
    fields.require("key", "an object key");
    Optional<String> bucket = fields.bucket("bucket", buckets);
    Optional<String> key = fields.key("key");
    Optional<String> version = fields.version("versionId");
    return details(fields, () -> new ObjectKey(bucket.orElseThrow(), key.orElseThrow(), version));
  }

  /** Reads the same without a location, for an object that Keyveil puts into S3 itself. */
  public Reading<Registration> readUpload(JsonNode json, ObjectKey location) {
    return details(FieldReader.of(json, DETAILS), () -> location);
  }

  private Reading<Registration> details(FieldReader fields, Supplier<ObjectKey> location) {
    fields.require("name", "a file name");
    // Nobody gets a file by omission, and everybody still less.
    fields.require(
        "access", "a rule; say {\"anyone\":\"authenticated\"} to allow every verified token");
    Optional<String> name = fields.name("name");
    Optional<String> type = fields.mediaType("type");
    var disposition = fields.word("disposition", List.of(Disposition.values()), Disposition::word);
    var delivery = fields.word("delivery", List.of(DeliveryPolicy.values()), DeliveryPolicy::word);
    Optional<Boolean> harmless = fields.flag("harmlessName");
    Optional<AccessRule> access = fields.access("access");
    var expiresAt = fields.future("expiresAt", clock);
    return fields.finish(
        () ->
            new Registration(
                location.get(),
                name.orElseThrow(),
                type.orElse(UNKNOWN_TYPE),
                disposition.orElse(Disposition.ATTACHMENT),
                delivery.orElse(defaultDelivery),
                harmless.orElse(false),
                access.orElseThrow(),
                expiresAt));
  }
}
