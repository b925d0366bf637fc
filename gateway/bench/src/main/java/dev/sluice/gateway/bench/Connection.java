package dev.sluice.gateway.bench;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the gateway with a producer on it. It is set up and closed by one thread, which
 * may block; sends begin on its event loop, and are answered there.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** How long one step of setting up may take. */
  static final Duration CALL_TIME = Duration.ofSeconds(40);

  private final EventLoop loop;
  private final ManagedChannel channel;
  private final Tracked tracked;
  private SendMessageRequest message = SendMessageRequest.getDefaultInstance();

  Connection(EventLoop loop, ManagedChannel channel, Ledger ledger) {
    this.loop = loop;
    this.channel = channel;
    this.tracked = ledger.track("bench connection", "bench", channel);
  }

  EventLoop loop() {
    return loop;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Calls that are answered on the event loop. */
  RocketMQProxyStub calls() {
    return RocketMQProxyGrpc.newStub(channel);
  }

  /** Calls that wait for their answers. */
  RocketMQProxyBlockingV2Stub waiting(Duration time) {
    return RocketMQProxyGrpc.newBlockingV2Stub(channel).withDeadlineAfter(time);
  }

  /** Makes the producer of messages with this body. */
  void produce(String topic, ByteString body) throws StatusException, RefusedException {
    CreateProducerResponse made =
        waiting(CALL_TIME)
            .createProducer(CreateProducerRequest.newBuilder().setTopic(topic).build());
    RefusedException.check(made.getSuccess(), made.getFailureCode(), made.getMessage());
    message =
        SendMessageRequest.newBuilder()
            .setProducerId(made.getProducerId())
            .setMessageBodyBytes(body)
            .build();
  }

  /** Sends one message and waits until it is stored: it makes the topic where there is none. */
  void probe() throws StatusException, RefusedException {
    SendMessageResponse sent = waiting(CALL_TIME).sendMessage(message);
    RefusedException.check(sent.getSuccess(), sent.getFailureCode(), sent.getMessage());
  }

  /** Sends messages that are all the same. */
  Lane.Sending plain() {
    RocketMQProxyStub calls = calls();
    return (sequence, answer) -> calls.sendMessage(message, new Observer(answer));
  }

  /** Sends messages that a consumer can tell apart. */
  Lane.Sending marked(String run, int number) {
    RocketMQProxyStub calls = calls();
    return (sequence, answer) -> {
      String mark = new Mark(number, sequence).text(run);
      calls.sendMessage(
          message.toBuilder()
              .setProperties(MessageProperties.newBuilder().putProperties(Mark.PROPERTY, mark))
              .build(),
          new Observer(answer));
    };
  }

  /** Passes on what a call ends with. */
  private static final class Observer implements StreamObserver<SendMessageResponse> {
    private final Lane.Answer answer;
    private @Nullable SendMessageResponse response;

    private Observer(Lane.Answer answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(SendMessageResponse value) {
      response = value;
    }

    @Override
    public void onError(Throwable failure) {
      Status status = Status.fromThrowable(failure);
      answer.refused(status.getCode().name(), String.valueOf(status.getDescription()));
    }

    @Override
    public void onCompleted() {
      SendMessageResponse got = response;
      if (got == null) {
        answer.refused("NO_ANSWER", "the call ended without an answer");
      } else if (got.getSuccess()) {
        answer.stored();
      } else {
        answer.refused(got.getFailureCode().name(), got.getMessage());
      }
    }
  }

  /** Gives the producer back, if there is one and the time for it. */
  void cleanUp(Duration time) {
    if (message.getProducerId().isEmpty() || time.isZero()) {
      return;
    }
    try {
      var _ =
          waiting(time)
              .cleanupProducer(
                  CleanupProducerRequest.newBuilder()
                      .setProducerId(message.getProducerId())
                      .build());
    } catch (StatusException e) {
      LOG.debug("A producer is not given back, and ends with its connection", e);
    }
  }

  void hangUp() {
    channel.shutdownNow();
  }

  /** Waits until it has ended, after {@link #hangUp}; where it does not, it stays in the ledger. */
  void awaitEnd(Deadline deadline) {
    try {
      if (channel.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        tracked.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
