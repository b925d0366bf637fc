package dev.sluice.gateway.access;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A service that answers with what it is told. */
final class Echo {
  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private Echo() {}

  static MethodDescriptor<String, String> method(String service, String name, MethodType type) {
    return MethodDescriptor.newBuilder(TEXT, TEXT)
        .setType(type)
        .setFullMethodName(service + "/" + name)
        .build();
  }

  static ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo").addMethod(say("test.Echo")).build();
  }

  /** {@code Say}, which answers with what it is told. */
  static ServerMethodDefinition<String, String> say(String service) {
    return ServerMethodDefinition.create(
        method(service, "Say", MethodType.UNARY),
        ServerCalls.asyncUnaryCall(
            (request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }));
  }

  static String call(Channel channel, String text) {
    return call(channel, "test.Echo", text);
  }

  static String call(Channel channel, String service, String text) {
    return ClientCalls.blockingUnaryCall(
        channel, method(service, "Say", MethodType.UNARY), CallOptions.DEFAULT, text);
  }
}
