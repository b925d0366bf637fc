package dev.sluice.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Requests that cannot be read are their senders' fault, and nobody else's trouble. */
class MalformedRequestsTest extends WithGateways {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @BeforeEach
  void readTheLog() {
    log.start();
    root().addAppender(log);
  }

  @AfterEach
  void leaveTheLog() {
    root().detachAppender(log);
  }

  static Stream<MethodDescriptor<?, ?>> methods() {
    return Stream.of(
        RocketMQProxyGrpc.getSendMessageMethod(),
        RocketMQProxyGrpc.getCreateConsumerMethod(),
        RocketMQProxyGrpc.getReceiveMessagesMethod(),
        MessagingServiceGrpc.getSendMessageMethod(),
        MessagingServiceGrpc.getTelemetryMethod(),
        HealthGrpc.getCheckMethod(),
        HealthGrpc.getWatchMethod(),
        ServerReflectionGrpc.getServerReflectionInfoMethod());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void whatIsNoProtobufIsAnInvalidArgument(MethodDescriptor<?, ?> method) throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    ManagedChannel channel = gateway.channel();

    // when
    assertThatThrownBy(() -> call(named(channel), method, new byte[] {(byte) 0xff, 1, 2}))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).contains(method.getFullMethodName());
            });

    // then the connection serves on
    Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    assertThat(log.list).isEmpty();
  }

  @Test
  void whatIsTooLargeForAMessageIsRefusedWithoutALineInTheLog() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    ManagedChannel channel = gateway.channel();
    byte[] request =
        SendMessageRequest.newBuilder()
            .setRawBody(ByteString.copyFrom(new byte[9 << 20]))
            .build()
            .toByteArray();

    // then
    assertThatThrownBy(() -> call(channel, RocketMQProxyGrpc.getSendMessageMethod(), request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    assertThat(log.list).isEmpty();
  }

  @Test
  void otherFieldsThanThoseKnownAreFine() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());
    byte[] request =
        BytesValue.newBuilder()
            .setValue(ByteString.copyFrom("memory", UTF_8))
            .build()
            .toByteArray();

    assertThat(call(gateway.channel(), RocketMQProxyGrpc.getHealthCheckMethod(), request))
        .isNotNull();
  }

  private static Channel named(Channel channel) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER), "garbage");
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Object call(Channel channel, MethodDescriptor<?, ?> method, byte[] request) {
    MethodDescriptor<byte[], ?> raw =
        method.toBuilder(new Bytes(), method.getResponseMarshaller()).build();
    if (method.getType() == MethodDescriptor.MethodType.UNARY) {
      return ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, request);
    }
    return ClientCalls.blockingServerStreamingCall(
            channel,
            raw.toBuilder().setType(MethodDescriptor.MethodType.SERVER_STREAMING).build(),
            CallOptions.DEFAULT,
            request)
        .next();
  }

  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }
}
