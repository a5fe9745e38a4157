package io.keyveil.link;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A link that a backend asks for.
 *
 * @param files the files, the main one first
 * @param life how long it is to live
 * @param maxDownloads how many downloads it is good for; empty: any number
 * @param landing whether it opens a page whose button starts the download
 * @param onBehalfOf the subject whom the audit log names
 * @param label what the backend calls it
 */
public record LinkWish(
    List<LinkedFile> files,
    Duration life,
    OptionalInt maxDownloads,
    boolean landing,
    Optional<String> onBehalfOf,
    String label) {
  public LinkWish {
    files = List.copyOf(files);
  }
}
