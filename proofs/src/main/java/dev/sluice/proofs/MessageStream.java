package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** A caller's end of a stream of messages, which reads as much as it is told to. */
final class MessageStream {

  private final ClientCall<ReceiveMessagesRequest, Message> call;
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  private MessageStream(ClientCall<ReceiveMessagesRequest, Message> call) {
    this.call = call;
  }

  /**
   * Opens one.
   *
   * @param taker gets each message, on an event loop; must not block
   */
  static MessageStream open(Channel channel, String consumerId, Consumer<Message> taker) {
    ClientCall<ReceiveMessagesRequest, Message> call =
        channel.newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
    var stream = new MessageStream(call);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Message message) {
            taker.accept(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            stream.end.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(consumerId).build());
    call.halfClose();
    return stream;
  }

  /** Takes so many more. */
  MessageStream read(int count) {
    call.request(count);
    return this;
  }

  /** Takes all that comes. */
  MessageStream readAll() {
    return read(Integer.MAX_VALUE);
  }

  void cancel() {
    call.cancel("no longer wanted", null);
  }

  /** How it ended. */
  Future<Status> end() {
    return end;
  }

  boolean isOver() {
    return end.isDone();
  }
}
