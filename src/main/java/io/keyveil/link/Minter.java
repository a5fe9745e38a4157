package io.keyveil.link;

/**
 * The backend that made a link.
 *
 * @param issuer the issuer of its token
 * @param subject its name there
 */
public record Minter(String issuer, String subject) {}
