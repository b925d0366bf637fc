package dev.sluice.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests of any kind that its descriptor allows, many of them with bytes changed so that it does
 * not. Texts are often those that answers brought before, so that ids and handles are real ones.
 * Answers may come on other threads.
 */
final class RandomRequests {
  private static final int MAX_DEPTH = 5;
  private static final int KEPT = 16;

  /** What makes sense in fields of some names; others may have what answers brought in them. */
  private static final Map<String, String> SENSIBLE =
      Map.ofEntries(
          Map.entry("endpoint", ""),
          Map.entry("access_key_id", ""),
          Map.entry("access_key_secret", ""),
          Map.entry("instance_id", ""),
          Map.entry("resource_namespace", ""),
          Map.entry("topic", "t"),
          Map.entry("name", "t"),
          Map.entry("group_id", "g"),
          Map.entry("tag_expression", "*"),
          Map.entry("expression", "*"),
          Map.entry("tag", "a"),
          Map.entry("sharding_key", "k"),
          Map.entry("message_group", "k"),
          Map.entry("message_key", "m"),
          Map.entry("message_body", "text"),
          Map.entry("raw_body", ""));

  private static final List<Long> NUMBERS =
      List.of(
          0L,
          1L,
          -1L,
          2L,
          18L,
          19L,
          1000L,
          60_000L,
          4_102_444_800_000L,
          (long) Integer.MAX_VALUE,
          (long) Integer.MIN_VALUE,
          Long.MAX_VALUE,
          Long.MIN_VALUE);
  private static final List<String> TEXTS =
      List.of(
          "",
          "t",
          "t",
          "u",
          "g",
          "g",
          "*",
          "a||b",
          "a|b",
          "default",
          MemorySystem.ADDRESS,
          "memory://" + MemorySystem.ADDRESS,
          "10.0.0.1:9876",
          "%DLQ%g",
          "KEYS",
          "two words",
          "größe ✓ 💡",
          "control\u0001\u0002\n",
          "x".repeat(300),
          "y".repeat(5000));

  // By field; bounded by how many there are.
  private final Map<String, List<String>> brought = new HashMap<>();
  private int next;

  /** Keeps the texts of an answer for later requests; the oldest make way. */
  synchronized void learn(Descriptor type, byte[] answer) {
    try {
      learn(DynamicMessage.parseFrom(type, answer));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("an answer that is none: " + type.getName(), e);
    }
  }

  private void learn(Message message) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (value instanceof String text && !text.isEmpty()) {
                keep(field.getName(), text);
              } else if (value instanceof Message nested) {
                learn(nested);
              } else if (value instanceof List<?> many) {
                many.stream()
                    .filter(Message.class::isInstance)
                    .forEach(each -> learn((Message) each));
              }
            });
  }

  private void keep(String field, String text) {
    // Handles are given back in lists, too.
    List<String> known = brought.computeIfAbsent(singular(field), name -> new ArrayList<>());
    if (known.size() < KEPT) {
      known.add(text);
    } else {
      known.set(next++ % KEPT, text);
    }
  }

  private static String singular(String field) {
    return field.endsWith("s") ? field.substring(0, field.length() - 1) : field;
  }

  /** A request of this type, or something like it. */
  synchronized byte[] make(Descriptor type, Choices choices) {
    byte[] bytes = message(type, choices, 0).toByteArray();
    return choices.chance(20) ? mutated(bytes, choices) : bytes;
  }

  private DynamicMessage message(Descriptor type, Choices choices, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (!choices.chance(field.isMapField() ? 20 : 85)) {
        continue;
      }
      if (field.isRepeated()) {
        int count = choices.chance(1) ? 1100 : choices.upTo(3);
        Object same = value(field, choices, depth);
        for (int i = 0; i < count && same != null; i++) {
          message.addRepeatedField(field, i < 3 ? same(field, choices, depth, same) : same);
        }
      } else {
        Object value = value(field, choices, depth);
        if (value != null) {
          message.setField(field, value);
        }
      }
    }
    return message.build();
  }

  private Object same(FieldDescriptor field, Choices choices, int depth, Object other) {
    Object value = value(field, choices, depth);
    return value == null ? other : value;
  }

  private @Nullable Object value(FieldDescriptor field, Choices choices, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> text(field, choices);
      case BYTE_STRING ->
          choices.chance(80) ? ByteString.EMPTY : ByteString.copyFrom(choices.bytesUpTo(100));
      case BOOLEAN -> choices.chance(50);
      case INT -> number(choices).intValue();
      case LONG -> number(choices);
      case FLOAT -> choices.pick(NUMBERS).floatValue();
      case DOUBLE -> choices.pick(NUMBERS).doubleValue();
      case ENUM ->
          field.getEnumType().findValueByNumberCreatingIfUnknown(number(choices).intValue() % 12);
      case MESSAGE ->
          depth == MAX_DEPTH ? null : message(field.getMessageType(), choices, depth + 1);
    };
  }

  /** Mostly none. */
  private static Long number(Choices choices) {
    return choices.chance(80) ? 0L : choices.pick(NUMBERS);
  }

  private String text(FieldDescriptor field, Choices choices) {
    if (choices.chance(90)) {
      List<String> known = brought.get(singular(field.getName()));
      String sensible = SENSIBLE.get(field.getName());
      if (sensible != null) {
        return sensible;
      }
      if (known != null) {
        return choices.pick(known);
      }
    }
    return choices.chance(80) ? choices.pick(TEXTS) : new String(choices.bytesUpTo(40), UTF_8);
  }

  private static byte[] mutated(byte[] bytes, Choices choices) {
    byte[] changed = bytes.clone();
    for (int i = choices.upTo(4); i >= 0; i--) {
      if (changed.length == 0) {
        return choices.bytesUpTo(50);
      }
      int at = choices.upTo(changed.length - 1);
      changed =
          switch (choices.upTo(4)) {
            case 0 -> flipped(changed, at, choices.upTo(7));
            case 1 -> Arrays.copyOf(changed, at);
            case 2 -> joined(changed, choices.bytesUpTo(20));
            case 3 -> joined(changed, Arrays.copyOfRange(changed, at, changed.length));
            default -> joined(Arrays.copyOf(changed, at), choices.bytesUpTo(20));
          };
    }
    return changed;
  }

  private static byte[] flipped(byte[] bytes, int at, int bit) {
    byte[] changed = bytes.clone();
    changed[at] ^= (byte) (1 << bit);
    return changed;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
