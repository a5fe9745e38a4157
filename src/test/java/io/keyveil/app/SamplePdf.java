package io.keyveil.app;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A PDF of many pages of text, as large as its reader has to be patient (ISO 32000-1). */
final class SamplePdf {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Integer> offsets = new ArrayList<>();

  private SamplePdf() {}

  /** Page n says "Page n." first, and then the same line again and again. */
  static byte[] of(int pages, int linesEach) {
    return new SamplePdf().write(pages, linesEach);
  }

  private byte[] write(int pages, int linesEach) {
    text("%PDF-1.4\n");
    String kids =
        IntStream.range(0, pages)
            .mapToObj(page -> (4 + page) + " 0 R")
            .collect(Collectors.joining(" "));
    object("<< /Type /Catalog /Pages 2 0 R >>");
    object("<< /Type /Pages /Count " + pages + " /Kids [" + kids + "] >>");
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    // All pages first, as a writer for the web does: a reader passes all that come before its own.
    for (int page = 0; page < pages; page++) {
      object(
          "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents "
              + (4 + pages + page)
              + " 0 R /Resources << /Font << /F 3 0 R >> >> >>");
    }
    for (int page = 1; page <= pages; page++) {
      String content = content(page, linesEach);
      object("<< /Length " + content.length() + " >>\nstream\n" + content + "\nendstream");
    }
    int start = out.size();
    text("xref\n0 " + (offsets.size() + 1) + "\n0000000000 65535 f \n");
    offsets.forEach(at -> text(String.format(Locale.ROOT, "%010d 00000 n \n", at)));
    text("trailer << /Size " + (offsets.size() + 1) + " /Root 1 0 R >>\n");
    text("startxref\n" + start + "\n%%EOF\n");
    return out.toByteArray();
  }

  private static String content(int page, int lines) {
    return "BT /F 12 Tf 14 TL 50 800 Td (Page "
        + page
        + ".) Tj"
        + " T* (The quick brown fox jumps over the lazy dog.) Tj".repeat(lines)
        + " ET";
  }

  private void object(String content) {
    offsets.add(out.size());
    text(offsets.size() + " 0 obj\n" + content + "\nendobj\n");
  }

  private void text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
