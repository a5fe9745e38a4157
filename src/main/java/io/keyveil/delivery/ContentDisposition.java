package io.keyveil.delivery;

import io.keyveil.file.Disposition;
import io.keyveil.file.FileRecord;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The {@code Content-Disposition} of a file (RFC 6266): an ASCII {@code filename} that every client
 * reads, and an RFC 8187 {@code filename*} where the name says more than ASCII can.
 */
public final class ContentDisposition {
  /** The {@code attr-char} of RFC 8187 section 3.2.1 beside letters and digits. */
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private static final String ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~";

  private static final int LONGEST_EXTENSION = 5;

  private final List<String> inlineTypes;

  /**
   * @param inlineTypes the media types that may be shown in place
   */
  public ContentDisposition(List<String> inlineTypes) {
    this.inlineTypes = List.copyOf(inlineTypes);
  }

  /** For an answer of our own: with the file's name. */
  public String named(FileRecord file) {
    return disposition(file).word() + parameters(file.name());
  }

  /** For S3's answer, whose log keeps it: with the name only where the name is harmless. */
  public String forRedirect(FileRecord file) {
    return file.harmlessName() ? named(file) : disposition(file).word() + parameters(neutral(file));
  }

  /** Inline only where it is asked for and the type cannot run scripts. */
  private Disposition disposition(FileRecord file) {
    return file.disposition() == Disposition.INLINE && inlineTypes.contains(essence(file.type()))
        ? Disposition.INLINE
        : Disposition.ATTACHMENT;
  }

  /** A media type without its parameters. */
  private static String essence(String type) {
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static String neutral(FileRecord file) {
    return "download-" + file.id().text().substring(0, 6) + extension(file.name());
  }

  /** The extension tells the type and nothing else; a long one might be a part of a name. */
  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    int length = name.length() - dot - 1;
    return dot >= 0 && length >= 1 && length <= LONGEST_EXTENSION && isAlphanumeric(name, dot + 1)
        ? name.substring(dot)
        : "";
  }

  private static boolean isAlphanumeric(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (!isAlphanumeric(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static String parameters(String name) {
    String ascii = ascii(name);
    String quoted = "; filename=\"" + ascii + "\"";
    return ascii.equals(name) ? quoted : quoted + "; filename*=UTF-8''" + extended(name);
  }

  /**
   * What stays of a name in a quoted string that no client misreads: no quote, escape or percent.
   */
  private static String ascii(String name) {
    StringBuilder kept = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      char c = name.charAt(i);
      boolean odd = c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '%' || c == '/';
      kept.append(odd ? '_' : c);
    }
    return kept.toString();
  }

  private static String extended(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(isPlain(octet) ? String.valueOf((char) octet) : escape(octet));
    }
    return encoded.toString();
  }

  private static boolean isPlain(byte octet) {
    return isAlphanumeric(octet) || (octet > 0 && ATTRIBUTE_CHARACTERS.indexOf(octet) >= 0);
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static String escape(byte octet) {
    return "%" + HEX.toHexDigits(octet);
  }
}
