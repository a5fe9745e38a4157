package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.KeyLint.Sign;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signs of personal data are seen in keys, and others are left in peace. */
class KeyLintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TWO_NAMES | patients/Jane Doe/scan.pdf",
        "TWO_NAMES | x/Müller_Änne.dcm",
        "TWO_NAMES | x/DOE^1/DOE_JANE.dcm",
        "TWO_NAMES | x/'Doe, Jane'.pdf",
        "EMAIL_ADDRESS | mail/jane.doe@example.org/1.eml",
        "DAY_OF_BIRTH | p/1971-02-28/scan.pdf",
        "DAY_OF_BIRTH | p/19710228.pdf",
        "DAY_OF_BIRTH | p/28.02.1971.pdf",
        "SOCIAL_SECURITY_NUMBER | p/078-05-1120.pdf",
        "TELEPHONE_NUMBER | fax/+49 30 1234567.tif",
        "RECORD_NUMBER | p/MRN-004711/scan.pdf"
      })
  void sees(Sign sign, String key) {
    assertThat(sign.isIn(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "studies/7f/2a/1c9e77d0.dcm",
        "series/1.2.840.113619.2.55.3.604688.dcm",
        "genomes/HG002.bam.bai",
        "reports/2026-03-01/0001.pdf",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479/file.bin",
        "exports/part-00001.snappy.parquet"
      })
  void leavesInPeace(String key) {
    for (Sign sign : Sign.values()) {
      assertThat(sign.isIn(key)).as(sign.words()).isFalse();
    }
  }
}
