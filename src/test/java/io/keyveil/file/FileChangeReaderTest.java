package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keyveil.access.AccessRule;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a merge patch of a file may say, and what it does to the file. */
final class FileChangeReaderTest {
  private final FileChangeReader reader =
      new FileChangeReader(InstantSource.fixed(SampleFiles.NOW));
  private final FileRecord file = SampleFiles.file();

  @Test
  void changesWhatItNamesAndNothingElse() {
    FileRecord changed =
        patched(
            """
            {"name": "b.txt", "type": "text/plain", "disposition": "attachment",
             "delivery": "stream", "harmlessName": false, "access": {"scope": "s"},
             "expiresAt": null}
            """);
    assertThat(changed)
        .isEqualTo(
            new FileRecord(
                file.id(),
                file.location(),
                file.opaque(),
                file.size(),
                file.etag(),
                file.lastModified(),
                file.checksums(),
                "b.txt",
                "text/plain",
                Disposition.ATTACHMENT,
                DeliveryPolicy.STREAM,
                false,
                new AccessRule.HasScope("s"),
                Optional.empty(),
                FileState.ACTIVE,
                file.createdAt(),
                2));
  }

  @Test
  void revokes() {
    assertThat(patched("{\"state\": \"revoked\"}"))
        .isEqualTo(FileChange.REVOCATION.applyTo(file))
        .extracting(FileRecord::state)
        .isEqualTo(FileState.REVOKED);
  }

  @Test
  void anEmptyPatchAndTheSameValuesMakeNoRevision() {
    assertThat(patched("{}")).isSameAs(file);
    assertThat(patched("{\"type\": \"application/pdf\"}")).isSameAs(file);
    FileRecord revoked = FileChange.REVOCATION.applyTo(file);
    assertThat(FileChange.REVOCATION.applyTo(revoked)).isSameAs(revoked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"bucket\": \"b\"}",
        "{\"key\": \"k\"}",
        "{\"size\": 1}",
        "{\"etag\": \"x\"}",
        "{\"opaque\": true}",
        "{\"revision\": 9}",
        "{\"state\": \"active\"}",
        "{\"name\": null}",
        "{\"access\": null}",
        "{\"state\": null}",
        "{\"expiresAt\": \"2020-01-01T00:00:00Z\"}"
      })
  void refusesWhatCannotBeChanged(String patch) {
    assertThat(read(patch).<List<FieldProblem>>match(change -> List.of(), all -> all)).hasSize(1);
  }

  private FileRecord patched(String patch) {
    return read(patch)
        .match(
            change -> change.applyTo(file),
            problems -> {
              throw new AssertionError(problems.toString());
            });
  }

  private Reading<FileChange> read(String patch) {
    try {
      return reader.read(new JsonMapper().readTree(patch));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
