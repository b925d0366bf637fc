package dev.sluice.rocketmq.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON that brokers and name servers write: fastjson's dialect, in which map keys that
 * are numbers come unquoted and fields that nobody asked for may appear anywhere. Bounded in depth,
 * in the length of names, strings and numbers; the input is a frame, which is bounded itself.
 */
public final class LenientJson {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NAME = 4096;
  private static final int MAX_NUMBER = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_NUMBER)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .build();

  private LenientJson() {}

  /** Reads one object with the current token at its start; must stop at its end. */
  @FunctionalInterface
  public interface Reader<T> {
    /** Reads it. */
    T read(JsonParser in) throws IOException;
  }

  /** Reads a text that is one object. */
  public static <T> T object(String what, ByteBuffer json, Reader<T> reader) {
    byte[] bytes;
    int offset;
    if (json.hasArray()) {
      bytes = json.array();
      offset = json.arrayOffset() + json.position();
    } else {
      bytes = new byte[json.remaining()];
      json.duplicate().get(bytes);
      offset = 0;
    }
    return object(what, bytes, offset, json.remaining(), reader);
  }

  /** Reads a part of an array that is one object. */
  public static <T> T object(String what, byte[] bytes, int offset, int length, Reader<T> reader) {
    try (JsonParser in = FACTORY.createParser(bytes, offset, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw WireException.malformed(
            what + ": " + in.currentToken() + " (expected: a JSON object)");
      }
      T value = reader.read(in);
      if (in.nextToken() != null) {
        throw WireException.malformed(
            what + ": " + in.currentToken() + " after its end (expected: one JSON object)");
      }
      return value;
    } catch (IOException e) {
      throw WireException.malformed(what + ": not JSON: " + Texts.shorten(firstLine(e)), e);
    }
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /**
   * Goes to the next member of an object and returns its name with the parser at its value, or null
   * at the object's end.
   */
  public static @Nullable String nextMember(JsonParser in) throws IOException {
    JsonToken token = in.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    if (token != JsonToken.FIELD_NAME) {
      throw WireException.malformed(token + " (expected: a field name)");
    }
    String name = in.currentName();
    if (in.nextToken() == null) {
      throw WireException.malformed(
          "end of text (expected: the value of " + Texts.quote(name) + ")");
    }
    return name;
  }

  /** The scalar at the parser as text, or null when it is a JSON null. */
  public static @Nullable String text(String name, JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token == null || !token.isScalarValue()) {
      throw WireException.malformed(name + ": " + token + " (expected: a text or number)");
    }
    return in.getText();
  }

  /** The scalar at the parser as a text, the default for a JSON null. */
  public static String textOr(String name, JsonParser in, String absent) throws IOException {
    String text = text(name, in);
    return text == null ? absent : text;
  }

  /** The number at the parser, which may be written as a string; the default for a JSON null. */
  public static long number(String name, JsonParser in, long absent) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return in.getLongValue();
    }
    String text = text(name, in);
    if (text == null || text.isEmpty()) {
      return absent;
    }
    return parse(name, text);
  }

  /** The number that a text says. */
  public static long parse(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw WireException.malformed(name + ": " + Texts.quote(text) + " (expected: a number)", e);
    }
  }

  /** The value of a member that must have been there. */
  public static String present(String name, @Nullable String value) {
    if (value == null) {
      throw WireException.malformed(name + ": absent (expected: a text)");
    }
    return value;
  }

  /** Reads an array of objects into a list; a JSON null adds nothing. */
  public static <T> void objects(String name, JsonParser in, Reader<T> reader, List<T> into)
      throws IOException {
    if (!starts(JsonToken.START_ARRAY, name, in)) {
      return;
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == null || !starts(JsonToken.START_OBJECT, name, in)) {
        throw WireException.malformed(name + ": " + in.currentToken() + " (expected: an object)");
      }
      into.add(reader.read(in));
    }
  }

  /** Reads an array of texts into a list; a JSON null adds nothing. */
  public static void texts(String name, JsonParser in, List<String> into) throws IOException {
    if (!starts(JsonToken.START_ARRAY, name, in)) {
      return;
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      String text = text(name, in);
      if (text != null) {
        into.add(text);
      }
    }
  }

  /** Reads an object whose values are texts into a map; a JSON null adds nothing. */
  public static void map(String name, JsonParser in, Map<String, String> into) throws IOException {
    if (!starts(JsonToken.START_OBJECT, name, in)) {
      return;
    }
    for (String key = nextMember(in); key != null; key = nextMember(in)) {
      if (in.currentToken().isScalarValue()) {
        into.put(key, textOr(key, in, ""));
      } else {
        in.skipChildren();
      }
    }
  }

  /** The number at the parser, which must fit 32 bits. */
  public static int integer(String name, JsonParser in, int absent) throws IOException {
    long value = number(name, in, absent);
    if (value != (int) value) {
      throw WireException.malformed(name + ": " + value + " (expected: a 32-bit number)");
    }
    return (int) value;
  }

  /** Whether the scalar at the parser says true; false for a JSON null. */
  public static boolean truth(String name, JsonParser in) throws IOException {
    return Boolean.parseBoolean(text(name, in));
  }

  /** Whether an array or object starts at the parser; skips anything else. */
  public static boolean starts(JsonToken expected, String name, JsonParser in) {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return false;
    }
    if (token != expected) {
      throw WireException.malformed(name + ": " + token + " (expected: " + expected + ")");
    }
    return true;
  }
}
