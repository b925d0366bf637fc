package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyStub;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A consumer's end of a stream: reads as much as it is told to, and keeps what came. */
final class Reader {

  private static final int PATIENCE_SECONDS = 60;

  private final RocketMQProxyStub stub;
  private final String consumer;
  private final ClientCall<ReceiveMessagesRequest, Message> call;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Message> notTaken = new LinkedBlockingQueue<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile Consumer<Message> handler = message -> {};
  private volatile @Nullable Status end;

  private Reader(Client client, String consumer) {
    this.stub = RocketMQProxyGrpc.newStub(client.channel());
    this.consumer = consumer;
    this.call =
        client.channel().newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
  }

  static Reader open(Client client, String consumer) {
    var reader = new Reader(client, consumer);
    reader.start();
    return reader;
  }

  private void start() {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            opened.countDown();
          }

          @Override
          public void onMessage(Message message) {
            messages.add(message);
            notTaken.add(message);
            handler.accept(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end = status;
          }
        },
        new Metadata());
    call.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(consumer).build());
    call.halfClose();
  }

  /** What to do with each message from now on, on a thread of gRPC's. */
  Reader handling(Consumer<Message> each) {
    handler = each;
    return this;
  }

  /** Acknowledges each message from now on as soon as it comes. */
  Reader acknowledging() {
    return handling(this::ack);
  }

  Reader readAll() {
    call.request(Integer.MAX_VALUE);
    return this;
  }

  /** Waits until the gateway has said that nothing is passed over any more that is wanted here. */
  Reader awaitOpen() throws InterruptedException {
    assertThat(opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("open within a minute; the stream's end: %s", end)
        .isTrue();
    return this;
  }

  /** Acknowledges without waiting for the answer. */
  void ack(Message message) {
    stub.ackMessage(
        AckMessageRequest.newBuilder()
            .setConsumerId(consumer)
            .setReceiptHandle(message.getReceiptHandle())
            .build(),
        new Each<>(
            answer -> {
              if (!answer.getSuccess()) {
                refused.add(message.getMessageBody() + ": " + answer.getMessage());
              }
            }));
  }

  /**
   * Has it come again after the delay, and expects the gateway to say so. Not on a thread of
   * gRPC's.
   */
  void retry(Client client, Message message, Duration delay) {
    var answer =
        client
            .stub()
            .retryMessage(
                RetryMessageRequest.newBuilder()
                    .setConsumerId(consumer)
                    .setReceiptHandle(message.getReceiptHandle())
                    .setDelayMs(delay.toMillis())
                    .build());
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }

  /** All that came, in that order. */
  List<Message> messages() {
    return List.copyOf(messages);
  }

  /** The first that was not taken like this before, which must come within a minute. */
  Message next() throws InterruptedException {
    Message message = notTaken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
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

  /** What came and was not taken by {@link #next}. */
  List<Message> notTaken() {
    return List.copyOf(notTaken);
  }

  /** Their bodies, without the blanks around them. */
  List<String> bodies() {
    return messages.stream().map(message -> message.getMessageBody().strip()).toList();
  }

  /** Acknowledgements that the gateway did not take. */
  List<String> refused() {
    return List.copyOf(refused);
  }

  void cancel() {
    call.cancel("no longer wanted", null);
  }

  /** How it ended; null while it lives. */
  @Nullable Status end() {
    return end;
  }
}
