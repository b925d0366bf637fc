package dev.sluice.benchmarks;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.Status;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What gRPC itself costs (F1): a plain grpc-java server on Netty's epoll with the direct executor,
 * which answers each {@code SendMessage} at once and stores nothing.
 */
final class Floor {

  /** What it writes when it serves. */
  static final String READY = "the floor is ready";

  private static final Status OK = Status.newBuilder().setCode(Code.OK).setMessage("OK").build();

  private Floor() {}

  /** Serves on the port given, until the process is ended. */
  public static void main(String[] arguments) throws Exception {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(EpollServerSocketChannel.class)
            .directExecutor()
            .addService(new Echo())
            .build()
            .start();
    System.out.println(READY);
    server.awaitTermination();
  }

  private static final class Echo extends MessagingServiceGrpc.MessagingServiceImplBase {
    @Override
    public void sendMessage(
        SendMessageRequest request, StreamObserver<SendMessageResponse> observer) {
      var response = SendMessageResponse.newBuilder().setStatus(OK);
      for (int i = 0; i < request.getMessagesCount(); i++) {
        response.addEntries(
            SendResultEntry.newBuilder()
                .setStatus(OK)
                .setMessageId(request.getMessages(i).getSystemProperties().getMessageId())
                .setOffset(i));
      }
      observer.onNext(response.build());
      observer.onCompleted();
    }
  }
}
