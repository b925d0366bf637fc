package dev.sluice.eventbus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which payloads are shown as they are, and which in Base64. */
final class PayloadForms {

  private static final int DEEPEST_READ = 1000;

  /** A payload is one level further down when it is read. */
  private static final int DEEPEST_WRITTEN = DEEPEST_READ - 10;

  static final JsonFactory READING = factory(DEEPEST_READ);
  private static final JsonFactory CHECKING = factory(DEEPEST_WRITTEN);

  private PayloadForms() {}

  private static JsonFactory factory(int deepest) {
    return JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(deepest).build())
        .build();
  }

  /** Whether a media type says that it is JSON. */
  static boolean saysJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return type.endsWith("/json") || type.endsWith("+json");
  }

  /**
   * The text of a payload that is one JSON value and would be read back byte for byte: nothing
   * before or behind it, and not {@code null}, which stands for no data.
   */
  static Optional<String> asJson(byte[] payload) {
    if (payload.length == 0 || isSpace(payload[0]) || isSpace(payload[payload.length - 1])) {
      return Optional.empty();
    }
    try {
      // Strictly, so that what is not UTF-8 is not mended on the way.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      return isOneValue(text) ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isOneValue(String text) {
    try (JsonParser parser = CHECKING.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }
}
