package io.keyveil.audit;

import java.util.Optional;

/**
 * Who did something, as a verified token says it.
 *
 * @param issuer the token's issuer
 * @param subject the token's subject, unique only together with the issuer
 * @param client the OAuth client, where the token names one
 * @param tokenDigest the hex SHA-256 of the token, never the token
 */
public record Actor(
    String issuer, String subject, Optional<String> client, Optional<String> tokenDigest) {}
