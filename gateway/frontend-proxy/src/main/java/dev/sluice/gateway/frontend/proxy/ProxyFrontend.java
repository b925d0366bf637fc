package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.Message;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendDelayMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessagesFrame;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageFrame;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageFrame;
import dev.sluice.gateway.proto.proxy.TransactionCheckFrame;
import dev.sluice.lifecycle.Clock;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.UnaryMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * The service {@code rocketmq.RocketMQProxy}. Serves on the direct executor: its handlers run on
 * the transport's threads, which must be the gateway's loops, and never block.
 *
 * <p>A failure that the caller can understand is an answer with {@code success = false}, a message
 * and a failure code. A gRPC status tells of the rest: {@code NOT_FOUND} for a producer or consumer
 * id that does not open or was cleaned up, {@code INTERNAL} for a fault of ours, and whatever ends
 * a stream.
 */
public final class ProxyFrontend {

  /** The largest body, in bytes. A larger one is refused by an answer that names both sizes. */
  public static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

  /**
   * What the server's limit for inbound messages must be at least, in bytes, so that bodies above
   * {@link #MAX_BODY_BYTES} reach the service and get their answer.
   */
  public static final int MIN_INBOUND_LIMIT_BYTES = 2 * MAX_BODY_BYTES;

  /** The most entries of a batch. */
  public static final int MAX_ENTRIES = 1024;

  private ProxyFrontend() {}

  /**
   * The service, to be added to a server.
   *
   * @param gateway outlives the server
   * @param connections tells the connection that a call came by
   * @param health what {@code HealthCheck} answers
   * @param clock stamps messages
   */
  public static ServerServiceDefinition service(
      Gateway gateway, CurrentConnection connections, HealthProbe health, Clock clock) {
    Sessions sessions = gateway.sessions();
    var sends = new SendHandlers(sessions, gateway.sends(), connections, clock);
    var transactions =
        new TransactionHandlers(sessions, gateway.transactions(), connections, clock);
    var streams = new ReceiveHandler(sessions, connections);
    var acks = new AckHandlers(sessions, gateway.acks(), connections);
    var others = new SessionHandlers(sessions, connections, health).bindService();
    return replacing(
        others,
        unary(
            RocketMQProxyGrpc.getAckMessageMethod(),
            AckMessageRequest.getDefaultInstance(),
            acks::one),
        unary(
            RocketMQProxyGrpc.getAckMessagesMethod(),
            AckMessagesRequest.getDefaultInstance(),
            acks::many),
        unary(
            RocketMQProxyGrpc.getRetryMessageMethod(),
            RetryMessageRequest.getDefaultInstance(),
            acks::retry),
        unary(
            RocketMQProxyGrpc.getSendMessageMethod(),
            SendMessageFrame.getDefaultInstance(),
            sends::one),
        unary(
            RocketMQProxyGrpc.getSendOrderedMessageMethod(),
            SendOrderedMessageFrame.getDefaultInstance(),
            sends::ordered),
        unary(
            RocketMQProxyGrpc.getSendDelayMessageMethod(),
            SendDelayMessageFrame.getDefaultInstance(),
            sends::delayed),
        unary(
            RocketMQProxyGrpc.getSendMessagesMethod(),
            SendMessagesFrame.getDefaultInstance(),
            sends::many),
        unary(
            RocketMQProxyGrpc.getSendTransactionMessageMethod(),
            SendTransactionMessageFrame.getDefaultInstance(),
            transactions::begin),
        unary(
            RocketMQProxyGrpc.getEndTransactionMethod(),
            EndTransactionRequest.getDefaultInstance(),
            transactions::end),
        stream(
            RocketMQProxyGrpc.getCheckTransactionsMethod(),
            CheckTransactionsRequest.getDefaultInstance(),
            TransactionCheckFrame.getDefaultInstance(),
            ServerCalls.asyncServerStreamingCall(transactions::checks)),
        stream(
            RocketMQProxyGrpc.getReceiveMessagesMethod(),
            ReceiveMessagesRequest.getDefaultInstance(),
            MessageFrame.getDefaultInstance(),
            OpeningCall.handler(streams)));
  }

  /** A stream that is written as the given kind of message. */
  private static <Q extends Message, F extends Message> ServerMethodDefinition<Q, F> stream(
      MethodDescriptor<?, ?> method, Q request, F frame, ServerCallHandler<Q, F> handler) {
    return ServerMethodDefinition.create(
        method.toBuilder(ProtoUtils.marshaller(request), ProtoUtils.marshaller(frame)).build(),
        handler);
  }

  /** A method whose requests are read as the given kind of message. */
  private static <F extends Message, A extends Message> ServerMethodDefinition<F, A> unary(
      MethodDescriptor<?, A> method, F request, UnaryMethod<F, A> handler) {
    return ServerMethodDefinition.create(
        method.toBuilder(ProtoUtils.marshaller(request), method.getResponseMarshaller()).build(),
        ServerCalls.asyncUnaryCall(handler));
  }

  /** The same service with some methods served in another way; the schema is what it was. */
  private static ServerServiceDefinition replacing(
      ServerServiceDefinition service, ServerMethodDefinition<?, ?>... replacements) {
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> served = method;
      for (ServerMethodDefinition<?, ?> replacement : replacements) {
        if (nameOf(replacement).equals(nameOf(method))) {
          served = replacement;
        }
      }
      methods.add(served);
    }
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder replaced = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(replaced::addMethod);
    return replaced.build();
  }

  private static String nameOf(ServerMethodDefinition<?, ?> method) {
    return method.getMethodDescriptor().getFullMethodName();
  }
}
