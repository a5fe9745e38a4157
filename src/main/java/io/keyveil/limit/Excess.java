package io.keyveil.limit;

import java.time.Duration;

/**
 * Word that somebody is over a limit.
 *
 * @param limit which
 * @param rate what it allows
 * @param delay how long to wait until the same is within it, if nothing else comes meanwhile; more
 *     than zero
 */
public record Excess(Limit limit, Rate rate, Duration delay) {}
