package dev.sluice.gateway.frontend.proxy;

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

/** A caller's end of a ReceiveMessages stream, which reads only as much as it is told to. */
final class Inbox {

  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Metadata> headers = new CompletableFuture<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final ClientCall<ReceiveMessagesRequest, Message> call;

  private Inbox(ClientCall<ReceiveMessagesRequest, Message> call) {
    this.call = call;
  }

  /** Opens a stream that has not asked for anything yet. */
  static Inbox open(Channel channel, String consumerId) {
    ClientCall<ReceiveMessagesRequest, Message> call =
        channel.newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
    var inbox = new Inbox(call);
    call.start(inbox.new Listener(), new Metadata());
    call.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(consumerId).build());
    call.halfClose();
    return inbox;
  }

  /** Opens a stream that reads all that comes. */
  static Inbox reading(Channel channel, String consumerId) {
    Inbox inbox = open(channel, consumerId);
    inbox.read(Integer.MAX_VALUE);
    return inbox;
  }

  void read(int count) {
    call.request(count);
  }

  /** The next message, which must come within 20 s. */
  Message next() throws InterruptedException {
    Message message = messages.poll(20, TimeUnit.SECONDS);
    assertThat(message).as("a message within 20 s; stream's end: %s", end).isNotNull();
    return message;
  }

  List<Message> next(int count) throws InterruptedException {
    List<Message> received = new ArrayList<>();
    while (received.size() < count) {
      received.add(next());
    }
    return received;
  }

  /** Waits until the stream says that it is open, which must be within 20 s. */
  void awaitOpen() throws Exception {
    headers.get(20, TimeUnit.SECONDS);
  }

  /** Whether the stream has said that it is open. */
  boolean isOpen() {
    return headers.isDone();
  }

  /** How many came and were not taken by {@link #next}. */
  int waiting() {
    return messages.size();
  }

  /** Whether the stream is over. */
  boolean ended() {
    return end.isDone();
  }

  void cancel() {
    call.cancel("the test is done with it", null);
  }

  /** How the stream ended, which must be within 20 s. */
  Status end() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  private final class Listener extends ClientCall.Listener<Message> {

    @Override
    public void onHeaders(Metadata opened) {
      headers.complete(opened);
    }

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
