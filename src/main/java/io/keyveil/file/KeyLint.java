package io.keyveil.file;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks for what may be personal data in object keys that people chose. It keeps counts and a few
 * file IDs, and nothing of a key.
 */
public final class KeyLint {
  /** So many files are named for each sign; more help nobody. */
  private static final int NAMED = 5;

  private final Map<Sign, Integer> counts = new EnumMap<>(Sign.class);
  private final Map<Sign, Set<FileId>> examples = new EnumMap<>(Sign.class);
  private int looked;

  /** What looks like personal data. */
  public enum Sign {
    /** {@code Jane Doe}, {@code DOE_JANE} or {@code Doe, Jane}. */
    TWO_NAMES(
        "(?<![\\p{L}\\d])(?:\\p{Lu}\\p{Ll}{1,20}|\\p{Lu}{2,20})(?:, |[ _.+,])"
            + "(?:\\p{Lu}\\p{Ll}{1,20}|\\p{Lu}{2,20})(?![\\p{L}\\d])"),
    EMAIL_ADDRESS("[\\w.+-]{1,64}@[\\w-]{1,63}\\.[a-zA-Z]{2,}"),
    /** A day before 2020, which is more likely a birth than an examination. */
    DAY_OF_BIRTH(
        "(?<!\\d)(?:19\\d\\d|200\\d|201\\d)[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\\d|3[01])(?!\\d)"
            + "|(?<!\\d)(?:0[1-9]|[12]\\d|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19\\d\\d|200\\d|201\\d)(?!\\d)"),
    SOCIAL_SECURITY_NUMBER("(?<!\\d)\\d{3}-\\d{2}-\\d{4}(?!\\d)"),
    TELEPHONE_NUMBER("(?<![\\w+])\\+\\d{1,3}[ -]?\\d[\\d -]{6,14}\\d(?!\\d)"),
    /** {@code mrn=12345} and its like. */
    RECORD_NUMBER("(?i)(?<![a-z])(?:mrn|ssn|dob|nhs|pesel|kvnr|ahv)[-_=: ]?\\d{3,}");

    private final Pattern pattern;

    Sign(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }

    boolean isIn(String key) {
      return pattern.matcher(key).find();
    }

    /** The words for reports. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** Looks at a file, unless Keyveil itself made its key. */
  public void look(FileRecord file) {
    if (file.opaque()) {
      return;
    }
    looked++;
    for (Sign sign : Sign.values()) {
      if (sign.isIn(file.location().key())) {
        counts.merge(sign, 1, Integer::sum);
        Set<FileId> named = examples.computeIfAbsent(sign, first -> new LinkedHashSet<>());
        if (named.size() < NAMED) {
          named.add(file.id());
        }
      }
    }
  }

  /** How many files were looked at. */
  public int looked() {
    return looked;
  }

  /** How many files have each sign; none that no file has. */
  public Map<Sign, Integer> counts() {
    return Map.copyOf(counts);
  }

  /** A few files that have it. */
  public Set<FileId> examples(Sign sign) {
    return Set.copyOf(examples.getOrDefault(sign, Set.of()));
  }
}
