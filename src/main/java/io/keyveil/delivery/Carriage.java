package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One download that the nginx in front is told to carry.
 *
 * @param download its beginning and its end in the audit log
 * @param file the file
 * @param plan the part to send, or the whole
 * @param url where nginx is to read
 * @param perSecond how many bytes a second it may send, if there is a limit
 * @param trace the field by which S3 is told of the trace, if it belongs to one
 * @param watch what watches over its bytes
 * @param slot what to give back at the end
 * @param until when it counts as ended, whatever nginx says
 */
record Carriage(
    Download download,
    FileRecord file,
    Plan.Send plan,
    SignedUrl url,
    OptionalLong perSecond,
    Optional<String> trace,
    Watch watch,
    DownloadSlots.Slot slot,
    Instant until) {}
