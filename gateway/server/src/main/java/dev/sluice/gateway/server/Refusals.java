package dev.sluice.gateway.server;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import org.jspecify.annotations.Nullable;

/**
 * Tells an answer that is a refusal by its fields. Both protocols answer in this way what their
 * callers can understand, with gRPC's status OK: one by {@code success} and {@code failure_code},
 * the other by a {@code status} with a {@code code}.
 */
@FunctionalInterface
interface Refusals {
  /** Of methods whose answers have no such field. */
  Refusals NONE = answer -> null;

  /** Why, as one of the protocol's words; null where the answer is no refusal. */
  @Nullable String reason(Object answer);

  /** What answers of this method tell. */
  static Refusals of(MethodDescriptor<?, ?> method) {
    if (!(method.getResponseMarshaller() instanceof PrototypeMarshaller<?> marshaller)
        || !(marshaller.getMessagePrototype() instanceof Message prototype)) {
      return NONE;
    }
    Descriptor type = prototype.getDescriptorForType();
    FieldDescriptor success = field(type, "success", FieldDescriptor.JavaType.BOOLEAN);
    FieldDescriptor status = field(type, "status", FieldDescriptor.JavaType.MESSAGE);
    if (success != null) {
      FieldDescriptor code = field(type, "failure_code", FieldDescriptor.JavaType.ENUM);
      return answer -> bySuccess((Message) answer, success, code);
    }
    if (status != null) {
      FieldDescriptor code = field(status.getMessageType(), "code", FieldDescriptor.JavaType.ENUM);
      return code == null ? NONE : answer -> byStatus((Message) answer, status, code);
    }
    return NONE;
  }

  private static @Nullable FieldDescriptor field(
      Descriptor type, String name, FieldDescriptor.JavaType kind) {
    FieldDescriptor field = type.findFieldByName(name);
    return field != null && field.getJavaType() == kind && !field.isRepeated() ? field : null;
  }

  private static @Nullable String bySuccess(
      Message answer, FieldDescriptor success, @Nullable FieldDescriptor code) {
    if (answer.getField(success).equals(true)) {
      return null;
    }
    return code == null ? "REFUSED" : ((EnumValueDescriptor) answer.getField(code)).getName();
  }

  private static @Nullable String byStatus(
      Message answer, FieldDescriptor status, FieldDescriptor code) {
    String name =
        ((EnumValueDescriptor) ((Message) answer.getField(status)).getField(code)).getName();
    return name.equals("OK") ? null : name;
  }
}
