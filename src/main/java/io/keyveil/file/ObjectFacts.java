package io.keyveil.file;

import java.time.Instant;
import java.util.Optional;

/**
 * What S3 says of an object: the identity of one immutable byte string.
 *
 * @param size bytes
 * @param etag S3's strong validator; not a checksum
 * @param version the version read, where the bucket keeps versions
 * @param lastModified to the second
 * @param checksums only those that are known to cover the whole object
 */
public record ObjectFacts(
    long size,
    EntityTag etag,
    Optional<String> version,
    Instant lastModified,
    Checksums checksums) {}
