package io.keyveil.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * One answer with bytes that S3 gave to a presigned URL, as its logs tell.
 *
 * @param correlation the event that the URL was signed for, if it has the form of one
 * @param request S3's ID of the request, by which two logs tell of the same one
 * @param time when it was
 * @param address where it went to
 * @param sent how many bytes
 */
public record Fetch(
    Optional<EventId> correlation, String request, Instant time, String address, long sent) {}
