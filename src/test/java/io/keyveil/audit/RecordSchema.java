package io.keyveil.audit;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;

/** The published schema of records, for tests to hold lines against. */
public final class RecordSchema {
  private final JsonSchema schema;

  private RecordSchema(JsonSchema schema) {
    this.schema = schema;
  }

  public static RecordSchema load() {
    try (InputStream in =
        Objects.requireNonNull(
            RecordSchema.class.getResourceAsStream("/audit-record.schema.json"))) {
      return new RecordSchema(JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with a line; empty if nothing is. */
  public Set<ValidationMessage> faults(String line) {
    return schema.validate(line, InputFormat.JSON);
  }
}
