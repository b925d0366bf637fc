package dev.sluice.compatibility;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What two servers must have in common in an answer: which fields there are, and the values of
 * enumerations. What is random or counted, such as ids and offsets, shows by its name alone.
 */
final class Shape {

  /** Zero is a value of these, and zero is not to be told from absent on the wire. */
  private static final Set<String> COUNTED = Set.of("offset", "queue_id", "id");

  private static final Set<String> TIMES = Set.of("Timestamp", "Duration");

  private Shape() {}

  /** Of a whole answer. */
  static String of(Message message) {
    return message.getAllFields().entrySet().stream()
        .filter(field -> !COUNTED.contains(field.getKey().getName()))
        .map(field -> field(field.getKey(), field.getValue()))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Of the answers of a stream: each kind once where it comes in a row. */
  static String of(Collection<? extends Message> answers) {
    List<String> rows = new ArrayList<>();
    for (Message answer : answers) {
      String shape = of(answer);
      if (rows.isEmpty() || !rows.getLast().equals(shape)) {
        rows.add(shape);
      }
    }
    return rows.isEmpty() ? "nothing" : String.join(", ", rows);
  }

  /** Of a call that gRPC itself failed. */
  static String of(Status status) {
    return "gRPC " + status.getCode();
  }

  private static String field(FieldDescriptor field, Object value) {
    if (value instanceof Message status
        && status.getDescriptorForType().getName().equals("Status")) {
      return code(status);
    }
    if (field.isMapField()) {
      return field.getName() + entries((Collection<?>) value);
    }
    if (field.isRepeated()) {
      Set<String> kinds = new TreeSet<>();
      ((Collection<?>) value).forEach(element -> kinds.add(value(element)));
      kinds.remove("");
      return field.getName() + kinds;
    }
    String text = value(value);
    return text.isEmpty() ? field.getName() : field.getName() + "=" + text;
  }

  private static String value(Object value) {
    return switch (value) {
      // Whole seconds look different on the wire, and mean nothing.
      case Message time when TIMES.contains(time.getDescriptorForType().getName()) -> "";
      case Message message -> "(" + of(message) + ")";
      case EnumValueDescriptor constant -> constant.getName();
      case Boolean flag -> flag.toString();
      default -> "";
    };
  }

  private static String code(Message status) {
    Object code = status.getField(status.getDescriptorForType().findFieldByName("code"));
    return ((EnumValueDescriptor) code).getName();
  }

  private static Set<String> entries(Collection<?> entries) {
    Set<String> keys = new TreeSet<>();
    for (Object entry : entries) {
      Map<FieldDescriptor, Object> pair = ((Message) entry).getAllFields();
      pair.forEach(
          (field, value) -> {
            if (field.getName().equals("key")) {
              keys.add(value.toString());
            }
          });
    }
    return keys;
  }
}
