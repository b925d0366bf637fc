package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A caller's end of a stream of messages, which reads all that comes. */
final class Inbox {

  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final ClientCall<ReceiveMessagesRequest, Message> call;

  private Inbox(ClientCall<ReceiveMessagesRequest, Message> call) {
    this.call = call;
  }

  static Inbox reading(Channel channel, String consumerId) {
    var call = channel.newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
    var inbox = new Inbox(call);
    call.start(inbox.new Listener(), new Metadata());
    call.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(consumerId).build());
    call.halfClose();
    call.request(Integer.MAX_VALUE);
    return inbox;
  }

  /** The next message, which must come within a minute. */
  Message next() throws InterruptedException {
    Message message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("a message within a minute; the stream's end: %s", end).isNotNull();
    return message;
  }

  List<Message> next(int count) throws InterruptedException {
    List<Message> all = new ArrayList<>();
    while (all.size() < count) {
      all.add(next());
    }
    return all;
  }

  /** The bodies of the next, in any order. */
  List<String> texts(int count) throws InterruptedException {
    return next(count).stream().map(Message::getMessageBody).toList();
  }

  /** What came and was not taken by {@link #next}. */
  List<Message> waiting() {
    return List.copyOf(messages);
  }

  void cancel() {
    call.cancel("seen enough", null);
  }

  /** How it ended, which must be within a minute. */
  Status end() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private final class Listener extends ClientCall.Listener<Message> {

    @Override
    public void onMessage(Message message) {
      messages.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }
}
