package io.keyveil.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/** The clinic's logo, as a part of the page: an image there runs no script and loads nothing. */
final class Logo {
  private static final String EXPECTED = " (expected: a PNG or SVG file of at most 64 KiB)";
  private static final int LARGEST = 64 * 1024;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private Logo() {}

  static String dataUri(Path file) {
    byte[] bytes = PageFiles.bytes("pages.logo", file, LARGEST);
    return "data:" + type(file, bytes) + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  private static String type(Path file, byte[] bytes) {
    if (bytes.length > PNG.length && Arrays.equals(bytes, 0, PNG.length, PNG, 0, PNG.length)) {
      return "image/png";
    }
    if (new String(bytes, StandardCharsets.UTF_8).contains("<svg")) {
      return "image/svg+xml";
    }
    throw new InvalidPagesException("pages.logo: " + file + " is neither" + EXPECTED);
  }
}
