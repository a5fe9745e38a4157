package io.keyveil.delivery;

import io.keyveil.file.EntityTag;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list in {@code If-Match} or {@code If-None-Match} (RFC 9110 sections 13.1.1 and 13.1.2).
 *
 * @param any whether it is {@code *}
 * @param strong the opaque tags given as strong, with quotes
 * @param weak the opaque tags given as weak, with quotes, without {@code W/}
 */
public record EntityTags(boolean any, Set<String> strong, Set<String> weak) {
  private static final Pattern ELEMENT =
      Pattern.compile("\\G[ \\t,]*(W/)?(\"[\\x21\\x23-\\x7e\\x80-\\xff]*\")[ \\t]*(?=,|$)");

  public EntityTags {
    strong = Set.copyOf(strong);
    weak = Set.copyOf(weak);
  }

  /** Reads the field; empty if it is malformed. */
  public static Optional<EntityTags> parse(String field) {
    String text = field.strip();
    return text.equals("*")
        ? Optional.of(new EntityTags(true, Set.of(), Set.of()))
        : elements(text);
  }

  private static Optional<EntityTags> elements(String text) {
    Set<String> strong = new HashSet<>();
    Set<String> weak = new HashSet<>();
    Matcher element = ELEMENT.matcher(text);
    int end = 0;
    while (element.find()) {
      (element.group(1) == null ? strong : weak).add(element.group(2));
      end = element.end();
    }
    boolean whole = text.substring(end).chars().allMatch(c -> c == ',' || c == ' ' || c == '\t');
    return whole && !(strong.isEmpty() && weak.isEmpty())
        ? Optional.of(new EntityTags(false, strong, weak))
        : Optional.empty();
  }

  /** Strong comparison (RFC 9110 section 8.8.3.2): a weak tag never matches. */
  public boolean matchesStrongly(EntityTag tag) {
    return any || strong.contains(tag.text());
  }

  /** Weak comparison: the opaque parts decide. */
  public boolean matchesWeakly(EntityTag tag) {
    return matchesStrongly(tag) || weak.contains(tag.text());
  }
}
