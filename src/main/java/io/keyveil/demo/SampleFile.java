package io.keyveil.demo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A file of the demo. The keys hold a fictitious patient's name, as keys in the wild do.
 *
 * @param label how the demo's output calls it
 * @param key its object key, or empty for one that Keyveil uploads under a random key
 * @param name the file name that people see
 * @param type its media type
 * @param delivery its delivery policy
 * @param rules who may have it, as {@code --allow} takes it
 * @param size bytes
 */
public record SampleFile(
    String label,
    String key,
    String name,
    String type,
    String delivery,
    List<String> rules,
    int size) {

  private static final String PATIENT = "patients/Jane Doe/";
  private static final String OTHER_PATIENT = "patients/John Roe/";
  private static final int MIB = 1 << 20;

  public SampleFile {
    rules = List.copyOf(rules);
  }

  /** The demo's files: named and opaque, small and large. */
  public static List<SampleFile> all() {
    List<String> alice = List.of("subject=alice");
    List<String> family = List.of("subject=alice", "claim:patient=p-17");
    return List.of(
        new SampleFile(
            "mri",
            PATIENT + "2026-03 MRI.pdf",
            "MRI March.pdf",
            "application/pdf",
            "auto",
            family,
            0),
        new SampleFile(
            "letter",
            PATIENT + "discharge letter (Müller).txt",
            "Discharge letter.txt",
            "text/plain",
            "redirect",
            alice,
            3_000),
        new SampleFile(
            "genome",
            PATIENT + "genome/2026-02 sample.bam",
            "sample.bam",
            "application/octet-stream",
            "auto",
            alice,
            24 * MIB),
        new SampleFile("scan", "", "CT scan.dcm", "application/dicom", "auto", alice, 20 * MIB),
        new SampleFile("report", "", "Lab report.csv", "text/csv", "redirect", alice, 40_000),
        new SampleFile(
            "blood",
            PATIENT + "2026-04 blood test.pdf",
            "Blood test April.pdf",
            "application/pdf",
            "auto",
            alice,
            0),
        new SampleFile(
            "vaccination",
            OTHER_PATIENT + "vaccination record.pdf",
            "Vaccination record.pdf",
            "application/pdf",
            "auto",
            List.of("subject=bob"),
            0));
  }

  /** Whether Keyveil makes its key. */
  public boolean opaque() {
    return key.isEmpty();
  }

  /** Whose it is in the portal. */
  public String owner() {
    return rules.contains("subject=bob") ? "bob" : "alice";
  }

  /** Whether browsers show it in place. */
  public boolean inline() {
    return label.equals("blood") || label.equals("vaccination");
  }

  /** The bytes, the same at every call. */
  public byte[] content() {
    if (type.equals("application/pdf")) {
      String title = label.equals("mri") ? "MRI of March 2026" : name.replace(".pdf", "");
      return Pdf.page(title + " - a sample of the Keyveil demo");
    }
    byte[] bytes = new byte[size];
    new Random(label.hashCode()).nextBytes(bytes);
    if (type.startsWith("text/")) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i % 64 == 63 ? '\n' : 'a' + Math.floorMod(bytes[i], 26));
      }
    }
    return bytes;
  }

  /** The smallest PDF that viewers show. */
  private static final class Pdf {
    private Pdf() {}

    static byte[] page(String text) {
      String stream = "BT /F1 18 Tf 50 780 Td (" + text + ") Tj ET";
      List<String> objects =
          List.of(
              "<</Type/Catalog/Pages 2 0 R>>",
              "<</Type/Pages/Kids[3 0 R]/Count 1>>",
              "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
                  + "/Resources<</Font<</F1 5 0 R>>>>>>",
              "<</Length " + stream.length() + ">>stream\n" + stream + "\nendstream",
              "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
      ByteArrayOutputStream pdf = new ByteArrayOutputStream();
      StringBuilder table = new StringBuilder("0000000000 65535 f \n");
      write(pdf, "%PDF-1.4\n");
      for (int i = 0; i < objects.size(); i++) {
        table.append(String.format(Locale.ROOT, "%010d 00000 n \n", pdf.size()));
        write(pdf, (i + 1) + " 0 obj\n" + objects.get(i) + "\nendobj\n");
      }
      int start = pdf.size();
      write(
          pdf,
          "xref\n0 6\n"
              + table
              + "trailer<</Size 6/Root 1 0 R>>\nstartxref\n"
              + start
              + "\n%%EOF\n");
      return pdf.toByteArray();
    }

    private static void write(ByteArrayOutputStream pdf, String text) {
      pdf.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
