package io.keyveil.delivery;

import java.util.Optional;

/**
 * What a client wants of a file, apart from who it is.
 *
 * @param head whether only the header fields are wanted
 * @param range the one range, if there is a valid one
 * @param conditions the preconditions
 * @param redirectable whether the client loses nothing by a redirect: it came by a link, or asked
 *     for one
 */
public record Ask(
    boolean head, Optional<RangeRequest> range, Conditions conditions, boolean redirectable) {}
