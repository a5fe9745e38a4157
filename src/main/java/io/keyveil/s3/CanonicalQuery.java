package io.keyveil.s3;

import java.util.ArrayList;
import java.util.List;

/**
 * Query parameters as a signature wants them: percent-encoded, and in the order of their encoded
 * names (AWS Signature Version 4, "Create a canonical request"). There are a handful, so each is
 * put where it belongs as it comes.
 */
final class CanonicalQuery {
  private final List<Part> parts = new ArrayList<>(8);
  private int length;

  /** Adds a parameter, both sides in plain text. */
  void add(String name, String value) {
    String encoded = PercentEncoding.component(name);
    add(new Part(encoded, encoded.concat("=").concat(PercentEncoding.component(value))));
  }

  /** Adds ready text whose names all begin with these letters, as no other one does. */
  void addAll(String prefix, String text) {
    add(new Part(prefix, text));
  }

  private void add(Part part) {
    int at = parts.size();
    while (at > 0 && parts.get(at - 1).name().compareTo(part.name()) > 0) {
      at--;
    }
    parts.add(at, part);
    length += part.text().length() + 1;
  }

  @Override
  public String toString() {
    StringBuilder query = new StringBuilder(length);
    for (Part part : parts) {
      query.append(query.isEmpty() ? "" : "&").append(part.text());
    }
    return query.toString();
  }

  /** One parameter, or several that follow one another. */
  private record Part(String name, String text) {}
}
