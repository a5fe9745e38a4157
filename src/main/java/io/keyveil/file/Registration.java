package io.keyveil.file;

import io.keyveil.access.AccessRule;
import java.time.Instant;
import java.util.Optional;

/**
 * A validated wish to register a file; {@link RegistrationReader} makes it from JSON.
 *
 * @param location where the object lies
 * @param name the file name that a person sees
 * @param type the media type
 * @param disposition whether a browser saves or shows it
 * @param delivery how the bytes are asked to leave
 * @param harmlessName whether the name may stand in S3's access log
 * @param access who may have it
 * @param expiresAt when it ends, if it does
 */
public record Registration(
    ObjectKey location,
    String name,
    String type,
    Disposition disposition,
    DeliveryPolicy delivery,
    boolean harmlessName,
    AccessRule access,
    Optional<Instant> expiresAt) {}
