package dev.sluice.rocketmq.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command's header in its JSON form as brokers mostly write it, in one pass: no blanks,
 * texts of plain ASCII, values that are texts or whole numbers. Gives up on everything else, which
 * {@link JsonHeader} reads, or refuses with a reason.
 */
final class PlainJsonHeader {
  private static final int MOST_DIGITS = 9;
  private static final int SLOTS = 128;

  /** Names that answers have, by their first and last characters and length. */
  private static final String[] KNOWN = new String[SLOTS];

  static {
    for (String name :
        new String[] {
          "code",
          "language",
          "version",
          "opaque",
          "flag",
          "remark",
          "extFields",
          "JAVA",
          "JSON",
          "serializeTypeCurrentRPC",
          "msgId",
          "queueId",
          "queueOffset",
          "transactionId",
          "recallHandle",
          "TRACE_ON",
          "MSG_REGION",
          "true",
          "DefaultRegion",
          "batchUniqId"
        }) {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      KNOWN[slot(bytes, 0, bytes.length)] = name;
    }
  }

  private final byte[] in;
  private final int end;
  private int at;

  private PlainJsonHeader(byte[] in, int offset, int length) {
    this.in = in;
    this.at = offset;
    this.end = offset + length;
  }

  /** The command, or null for a header that is not as plain as that. */
  static @Nullable RemotingCommand read(
      byte[] bytes, int offset, int length, ByteBuffer body, int maxFields) {
    return new PlainJsonHeader(bytes, offset, length).command(body, maxFields);
  }

  private @Nullable RemotingCommand command(ByteBuffer body, int maxFields) {
    if (!next('{')) {
      return null;
    }
    int seen = 0;
    int code = 0;
    int opaque = 0;
    int version = 0;
    int flags = 0;
    Language language = Language.OTHER;
    String remark = null;
    Fields fields = Fields.empty();
    do {
      String name = text();
      if (name == null || !next(':')) {
        return null;
      }
      switch (name) {
        case "code", "opaque", "version", "flag" -> {
          if (!isNumber()) {
            return null;
          }
          int value = number();
          switch (name) {
            case "code" -> {
              code = value;
              seen |= 1;
            }
            case "opaque" -> {
              opaque = value;
              seen |= 2;
            }
            case "version" -> version = value;
            default -> flags = value;
          }
        }
        case "language" -> {
          String value = text();
          if (value == null) {
            return null;
          }
          language = Language.ofName(value);
        }
        case "extFields" -> {
          Fields found = fields(maxFields);
          if (found == null) {
            return null;
          }
          fields = found;
        }
        case "remark" -> {
          remark = text();
          if (remark == null) {
            return null;
          }
        }
        default -> {
          if (text() == null) {
            return null;
          }
        }
      }
    } while (next(','));
    return next('}') && at == end && seen == 3
        ? new RemotingCommand(code, language, version, opaque, flags, remark, fields, body)
        : null;
  }

  private @Nullable Fields fields(int most) {
    if (!next('{')) {
      return null;
    }
    if (next('}')) {
      return Fields.empty();
    }
    Fields.Builder fields = Fields.builder();
    do {
      String name = text();
      if (name == null || !next(':')) {
        return null;
      }
      String value = text();
      if (value == null || fields.size() == most) {
        return null;
      }
      fields.field(name, value);
    } while (next(','));
    return next('}') ? fields.build() : null;
  }

  private boolean next(char wanted) {
    if (at < end && in[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  /** A text in double quotes with nothing to decode, or null. */
  private @Nullable String text() {
    if (!next('"')) {
      return null;
    }
    int from = at;
    while (at < end) {
      byte b = in[at];
      if (b == '"') {
        String text = string(from, at - from);
        at++;
        return text;
      }
      // Below are the controls and what is not ASCII.
      if (b < ' ' || b == '\\') {
        return null;
      }
      at++;
    }
    return null;
  }

  private String string(int from, int length) {
    if (length > 0) {
      String known = KNOWN[slot(in, from, length)];
      if (known != null && known.length() == length) {
        int i = 0;
        while (i < length && known.charAt(i) == in[from + i]) {
          i++;
        }
        if (i == length) {
          return known;
        }
      }
    }
    return new String(in, from, length, StandardCharsets.ISO_8859_1);
  }

  private static int slot(byte[] bytes, int from, int length) {
    return (31 * bytes[from] + 13 * bytes[from + length - 1] + length) & (SLOTS - 1);
  }

  /** Whether digits follow that are a number of 32 bits, with nothing of a fraction behind. */
  private boolean isNumber() {
    int first = at < end && in[at] == '-' ? at + 1 : at;
    int i = first;
    while (i < end && in[i] >= '0' && in[i] <= '9') {
      i++;
    }
    int digits = i - first;
    return digits >= 1
        && digits <= MOST_DIGITS
        && (digits == 1 || in[first] != '0')
        && i < end
        && (in[i] == ',' || in[i] == '}');
  }

  private int number() {
    boolean negative = next('-');
    int value = 0;
    while (in[at] >= '0' && in[at] <= '9') {
      value = 10 * value + in[at] - '0';
      at++;
    }
    return negative ? -value : value;
  }
}
