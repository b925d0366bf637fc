package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Makes JSON of what brokers write for maps whose keys are objects: {@code {{"queueId":0}:1}}. Each
 * such key becomes a text that is the object, with everything else as it was.
 */
final class ObjectKeys {
  private static final int MAX_DEPTH = 64;

  private final String in;
  private final StringBuilder out;

  /** Whether each open bracket is that of an object, from the outermost on. */
  private final boolean[] objects = new boolean[MAX_DEPTH];

  private int depth;
  private int at;

  private ObjectKeys(String in) {
    this.in = in;
    this.out = new StringBuilder(in.length() + 64);
  }

  /**
   * The text, in UTF-8, with texts for keys.
   *
   * @throws WireException where brackets or quotes do not match; what else is no JSON is left so
   */
  static ByteBuffer quoted(ByteBuffer json) {
    String text = StandardCharsets.UTF_8.decode(json.duplicate()).toString();
    return ByteBuffer.wrap(new ObjectKeys(text).quote().getBytes(StandardCharsets.UTF_8));
  }

  private String quote() {
    boolean name = false;
    while (at < in.length()) {
      char c = in.charAt(at);
      switch (c) {
        case '{', '[' -> {
          if (c == '{' && name) {
            key();
            name = false;
          } else {
            open(c == '{');
            name = c == '{';
            copy(c);
          }
        }
        case '}', ']' -> {
          if (depth == 0) {
            throw WireException.malformed("JSON: " + c + " at " + at + " without its beginning");
          }
          depth--;
          name = false;
          copy(c);
        }
        case ',' -> {
          name = depth > 0 && objects[depth - 1];
          copy(c);
        }
        case '"', '\'' -> {
          int end = textEnd(at);
          out.append(in, at, end);
          at = end;
          name = false;
        }
        default -> {
          name = name && Character.isWhitespace(c);
          copy(c);
        }
      }
    }
    return out.toString();
  }

  private void open(boolean object) {
    if (depth == MAX_DEPTH) {
      throw WireException.limit("JSON: more than " + MAX_DEPTH + " brackets in brackets");
    }
    objects[depth++] = object;
  }

  private void copy(char c) {
    out.append(c);
    at++;
  }

  /** A flat object where a name is expected: a key. */
  private void key() {
    int from = at;
    at++;
    while (at < in.length() && in.charAt(at) != '}') {
      char c = in.charAt(at);
      if (c == '{' || c == '[') {
        throw WireException.malformed("JSON: " + c + " at " + at + " in a key (expected: none)");
      }
      at = c == '"' || c == '\'' ? textEnd(at) : at + 1;
    }
    if (at == in.length()) {
      throw WireException.malformed("JSON: a key at " + from + " without an end");
    }
    at++;
    out.append('"');
    for (int i = from; i < at; i++) {
      char c = in.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }

  private int textEnd(int from) {
    char quote = in.charAt(from);
    for (int i = from + 1; i < in.length(); i++) {
      char c = in.charAt(i);
      if (c == quote) {
        return i + 1;
      }
      if (c == '\\') {
        i++;
      }
    }
    throw WireException.malformed("JSON: a text at " + from + " without an end");
  }
}
