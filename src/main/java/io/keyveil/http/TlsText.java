package io.keyveil.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the files of certificate and key hold at one moment; it cannot be printed. */
record TlsText(String certificate, String key) {
  /** Far more than chains and keys have. */
  private static final long LONGEST = 1 << 20;

  /**
   * Reads both; blocking.
   *
   * @throws InvalidTlsException if one cannot be read; one line that names the setting
   */
  static TlsText read(TlsFiles files) {
    return new TlsText(
        text("listen.tls.certificate", files.certificate()), text("listen.tls.key", files.key()));
  }

  private static String text(String setting, Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) <= LONGEST) {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
      }
    } catch (IOException e) {
      throw unreadable(setting, file);
    }
    throw unreadable(setting, file);
  }

  private static InvalidTlsException unreadable(String setting, Path file) {
    return new InvalidTlsException(
        setting + ": " + file + " cannot be read (expected: a readable PEM file)");
  }

  @Override
  public String toString() {
    return "TlsText[***]";
  }
}
