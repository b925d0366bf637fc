package dev.sluice.gateway.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What clients of a protocol rely on, one line for each RPC, field and enum value. */
final class Contract {

  private Contract() {}

  /** The lines of a text resource, without its comments. */
  static Set<String> expected(String resource) throws IOException {
    try (InputStream in = Contract.class.getResourceAsStream(resource)) {
      return new TreeSet<>(
          new String(in.readAllBytes(), UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .toList());
    }
  }

  /** The same lines, made of descriptors. */
  static Set<String> of(FileDescriptor... files) {
    Set<String> lines = new TreeSet<>();
    for (FileDescriptor file : files) {
      file.getServices().forEach(service -> services(service, lines));
      messages(file.getMessageTypes(), lines);
      enums(file.getEnumTypes(), lines);
    }
    return lines;
  }

  private static void services(ServiceDescriptor service, Set<String> lines) {
    for (MethodDescriptor rpc : service.getMethods()) {
      lines.add(
          "rpc %s.%s %s%s -> %s%s"
              .formatted(
                  service.getName(),
                  rpc.getName(),
                  rpc.isClientStreaming() ? "stream " : "",
                  rpc.getInputType().getName(),
                  rpc.isServerStreaming() ? "stream " : "",
                  rpc.getOutputType().getName()));
    }
  }

  private static void messages(List<Descriptor> messages, Set<String> lines) {
    for (Descriptor message : messages) {
      if (message.getOptions().getMapEntry()) {
        continue;
      }
      message.getFields().forEach(field -> lines.add(field(message, field)));
      enums(message.getEnumTypes(), lines);
      messages(message.getNestedTypes(), lines);
    }
  }

  private static String field(Descriptor message, FieldDescriptor field) {
    String line =
        "field %s %d %s %s"
            .formatted(nameOf(message), field.getNumber(), field.getName(), labelled(field));
    var oneof = field.getRealContainingOneof();
    return oneof == null ? line : line + " oneof " + oneof.getName();
  }

  private static String labelled(FieldDescriptor field) {
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      return "map<%s, %s>"
          .formatted(type(entry.findFieldByNumber(1)), type(entry.findFieldByNumber(2)));
    }
    if (field.isRepeated()) {
      return "repeated " + type(field);
    }
    boolean optional = field.hasPresence() && field.toProto().getProto3Optional();
    return optional ? "optional " + type(field) : type(field);
  }

  private static String type(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> nameOf(field.getMessageType());
      case ENUM -> nameOf(field.getEnumType());
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static void enums(List<EnumDescriptor> enums, Set<String> lines) {
    for (EnumDescriptor type : enums) {
      for (EnumValueDescriptor value : type.getValues()) {
        lines.add("enum %s %d %s".formatted(nameOf(type), value.getNumber(), value.getName()));
      }
    }
  }

  private static String nameOf(Descriptor message) {
    return shorten(message.getFullName());
  }

  private static String nameOf(EnumDescriptor type) {
    return shorten(type.getFullName());
  }

  private static String shorten(String fullName) {
    return fullName.replace("apache.rocketmq.v2.", "").replaceFirst("^rocketmq\\.", "");
  }
}
