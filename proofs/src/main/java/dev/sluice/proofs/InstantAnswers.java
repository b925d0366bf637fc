package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Answers sends at once and does nothing with them: what a client reaches with it is the client's
 * own limit on this machine, which no gateway can better.
 */
final class InstantAnswers extends RocketMQProxyGrpc.RocketMQProxyImplBase
    implements AutoCloseable {

  // As long as the gateway's own.
  private static final SendMessageResponse ACCEPTED =
      SendMessageResponse.newBuilder()
          .setSuccess(true)
          .setMessage("OK")
          .setMessageId("0".repeat(34))
          .build();
  private static final CreateProducerResponse CREATED =
      CreateProducerResponse.newBuilder()
          .setSuccess(true)
          .setMessage("OK")
          .setProducerId("p".repeat(200))
          .build();

  private final Server server;

  /** Listens on a free port of the loopback. */
  InstantAnswers() throws IOException {
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void createProducer(
      CreateProducerRequest request, StreamObserver<CreateProducerResponse> observer) {
    observer.onNext(CREATED);
    observer.onCompleted();
  }

  @Override
  public void sendMessage(
      SendMessageRequest request, StreamObserver<SendMessageResponse> observer) {
    observer.onNext(ACCEPTED);
    observer.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
