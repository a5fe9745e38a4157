package io.keyveil.app;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;

/**
 * Collects all that the program says, and finds one word in it: plain, percent-encoded, in base64
 * or in hex, in any case.
 */
final class Canary {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{10,}");
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}){6,}");
  private static final Pattern PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
  private static final int CONTEXT = 120;

  private final String word;
  private final List<Said> said = new ArrayList<>();

  private record Said(String where, String text) {}

  Canary(String word) {
    this.word = word.toLowerCase(Locale.ROOT);
  }

  synchronized void hear(String where, String text) {
    said.add(new Said(where, text));
  }

  synchronized int heard() {
    return said.size();
  }

  /** Fails with every place that has the word. */
  synchronized void expectSilence() {
    SoftAssertions all = new SoftAssertions();
    said.stream()
        .filter(one -> sings(one.text()))
        .map(one -> one.where() + ": " + excerpt(one.text()))
        .distinct()
        .forEach(all::fail);
    all.assertAll();
  }

  boolean sings(String text) {
    return plainly(text)
        || plainly(
            URLDecoder.decode(PERCENT.matcher(text).replaceAll("%25"), StandardCharsets.UTF_8))
        || inHex(text)
        || inBase64(text);
  }

  private boolean plainly(String text) {
    return text.toLowerCase(Locale.ROOT).contains(word);
  }

  private boolean inHex(String text) {
    Matcher runs = HEX.matcher(text);
    boolean found = false;
    while (runs.find() && !found) {
      found =
          plainly(new String(HexFormat.of().parseHex(runs.group()), StandardCharsets.ISO_8859_1));
    }
    return found;
  }

  /** From each of four places, since nobody knows where in a run it begins. */
  private boolean inBase64(String text) {
    Matcher runs = BASE64.matcher(text);
    boolean found = false;
    while (runs.find() && !found) {
      String run = runs.group().replace('-', '+').replace('_', '/');
      for (int skip = 0; skip < 4 && !found; skip++) {
        int rest = run.length() - skip;
        // A single character behind whole groups is no end of base64.
        int length = rest % 4 == 1 ? rest - 1 : rest;
        byte[] bytes = Base64.getDecoder().decode(run.substring(skip, skip + length));
        found = plainly(new String(bytes, StandardCharsets.ISO_8859_1));
      }
    }
    return found;
  }

  private String excerpt(String text) {
    int at = Math.max(0, text.toLowerCase(Locale.ROOT).indexOf(word));
    return text.substring(Math.max(0, at - CONTEXT), Math.min(text.length(), at + CONTEXT));
  }
}
