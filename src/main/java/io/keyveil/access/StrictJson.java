package io.keyveil.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads JSON that strangers wrote, in the one way in which two readers cannot disagree: valid UTF-8
 * without a byte order mark, one object, no name twice at any depth, nothing after it, and bounds
 * on everything.
 */
final class StrictJson {
  private static final int MAX_NAME = 256;
  private static final int MAX_NUMBER = 64;

  private final ObjectMapper mapper;

  /**
   * @param depth the most levels of objects and arrays
   * @param text the longest accepted string in characters
   */
  StrictJson(int depth, int text) {
    StreamReadConstraints bounds =
        StreamReadConstraints.builder()
            .maxNestingDepth(depth)
            .maxStringLength(text)
            .maxNameLength(MAX_NAME)
            .maxNumberLength(MAX_NUMBER)
            .build();
    mapper =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(bounds).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
  }

  /** The object, or nothing where the bytes are anything else. */
  Optional<ObjectNode> object(byte[] bytes) {
    try {
      // Decoded here, because Jackson guesses UTF-16 and UTF-32 and forgives some malformed UTF-8.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return mapper.readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (CharacterCodingException | JsonProcessingException | NumberFormatException e) {
      // A decimal whose exponent does not fit fails as a number, not as JSON.
      return Optional.empty();
    }
  }
}
