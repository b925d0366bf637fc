package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendMessage;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Moves messages to a group's dead letters, which pop leaves to the consumer. Called on loops only.
 *
 * <p>They are sent to the group's retry topic as messages that were retried too often: then the
 * broker itself files them as dead letters, and makes that topic where it has none, for senders who
 * may not make topics. They go to the broker that they came from.
 */
final class DeadLetters {
  private static final String DEAD = "%DLQ%";
  private static final String RETRIED = "%RETRY%";

  /**
   * Retries, where none are allowed. It stays with the message, and those who read dead letters
   * begin to count there.
   */
  private static final int ONE_TOO_MANY = 1;

  /** Brokers of 4.x take as many as are allowed for too many. */
  private static final int AS_MANY = 0;

  /** Acknowledges as {@code Upstream.ack} does. */
  @FunctionalInterface
  interface Acks {
    void ack(
        String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion);
  }

  private final RemotingClient client;
  private final String producerGroup;
  private final int retries;
  private final MessagePlace.Reader places;
  private final Acks acks;

  private DeadLetters(
      RemotingClient client,
      String producerGroup,
      int retries,
      MessagePlace.Reader places,
      Acks acks) {
    this.client = client;
    this.producerGroup = producerGroup;
    this.retries = retries;
    this.places = places;
    this.acks = acks;
  }

  /** Those of groups that pop. */
  static DeadLetters ofPopped(RemotingClient client, String producerGroup, Acks acks) {
    return new DeadLetters(client, producerGroup, ONE_TOO_MANY, MessagePlace::ofPopped, acks);
  }

  /** Those of classic groups, whose brokers are of 4.x. */
  static DeadLetters ofClassic(RemotingClient client, String producerGroup, Acks acks) {
    return new DeadLetters(client, producerGroup, AS_MANY, MessagePlace::ofClassic, acks);
  }

  static String topic(String group) {
    return DEAD + group;
  }

  /**
   * Where a dead letter came from: what official clients show, and admin tools send again by.
   *
   * @param topic the topic that it was sent to
   * @param messageId its unique id
   */
  private record Origin(String topic, String messageId) implements OutboundEncoding.Extra {
    @Override
    public void addTo(PropertyText properties) {
      properties.add(PropertyNames.RETRY_TOPIC, topic);
      properties.add(PropertyNames.ORIGIN_MESSAGE_ID, messageId);
      properties.add(PropertyNames.DEAD_LETTER_TOPIC, topic);
      properties.add(PropertyNames.DEAD_LETTER_MESSAGE_ID, messageId);
    }
  }

  /**
   * A send of a message that was retried more often than its group allows.
   *
   * @param message with how often
   */
  private record LastRetry(SendMessage message) implements Request<SendReply> {
    private static final String MAX_RETRIES = "l";

    @Override
    public int code() {
      return message.code();
    }

    @Override
    public void writeFields(FieldWriter out) {
      message.writeFields(out);
      out.field(MAX_RETRIES, 0);
    }

    @Override
    public int bodyLength() {
      return message.bodyLength();
    }

    @Override
    public void writeBody(ByteBuf out) {
      message.writeBody(out);
    }

    @Override
    public SendReply read(RemotingCommand response) {
      return message.read(response);
    }
  }

  /** See {@code Upstream.deadLetter}. */
  void move(String group, Delivery delivery, Completion<Void> completion) {
    try {
      var _ = places.read(delivery.topic(), group, delivery.handle());
    } catch (GatewayException e) {
      completion.failed(unreadable(delivery, e));
      return;
    }
    store(group, delivery, completion, () -> acknowledge(group, delivery, completion));
  }

  /** See {@code Upstream.storeDeadLetter}: reads the message once more from where it lies. */
  void store(String topic, String group, String handle, Completion<Void> completion) {
    MessagePlace place;
    try {
      place = places.read(topic, group, handle);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    new Reread(client, topic, group, place)
        .begin(
            new Completion<>() {
              @Override
              public void done(Delivery delivery) {
                store(group, delivery, completion, () -> Completion.succeed(completion));
              }

              @Override
              public void failed(GatewayException failure) {
                completion.failed(failure);
              }
            });
  }

  private void store(
      String group, Delivery delivery, Completion<Void> completion, Runnable stored) {
    LastRetry retry;
    try {
      retry = retry(group, delivery);
    } catch (WireException | GatewayException e) {
      completion.failed(unreadable(delivery, e));
      return;
    }
    String broker = delivery.queue().node();
    Endpoint known = Reread.masterIn(client.routes().cached(delivery.topic()), broker);
    if (known != null) {
      send(known, retry, group, delivery, completion, stored);
      return;
    }
    client
        .routes()
        .refresh(
            delivery.topic(),
            Then.of(
                route -> {
                  Endpoint found = Reread.masterIn(route, broker);
                  if (found != null) {
                    send(found, retry, group, delivery, completion, stored);
                  } else {
                    completion.failed(Reread.noMaster(broker));
                  }
                },
                failure -> completion.failed(Failures.of(failure, delivery.topic(), group))));
  }

  private static GatewayException unreadable(Delivery delivery, RuntimeException e) {
    return GatewayException.internal(
        "dead letter: " + delivery.messageId() + ": " + e.getMessage(), e);
  }

  private LastRetry retry(String group, Delivery delivery) {
    OutboundMessage message =
        new OutboundMessage(
            delivery.topic(),
            delivery.messageId(),
            delivery.body(),
            delivery.encoding(),
            delivery.tag(),
            delivery.keys(),
            delivery.shardingKey(),
            delivery.properties(),
            delivery.bornAt(),
            delivery.bornHost(),
            Schedule.NOW);
    SendBatch.Member member =
        OutboundEncoding.member(
            message,
            delivery.messageId(),
            delivery.bornAt(),
            new Origin(delivery.topic(), delivery.messageId()));
    return new LastRetry(
        new SendMessage(
            producerGroup,
            RETRIED + group,
            0,
            OutboundEncoding.systemFlags(delivery.encoding()),
            delivery.bornAt(),
            member.flag(),
            member.properties(),
            retries,
            delivery.queue().node(),
            member.body()));
  }

  private void send(
      Endpoint master,
      LastRetry retry,
      String group,
      Delivery delivery,
      Completion<Void> completion,
      Runnable stored) {
    client
        .commands()
        .call(
            master,
            retry,
            Commands.Effect.CHANGES,
            timeoutMillis(),
            Then.of(
                reply -> stored.run(),
                failure -> completion.failed(Failures.of(failure, delivery.topic(), group))));
  }

  /** What is not held any more comes again, and is dead all the same. */
  private void acknowledge(String group, Delivery delivery, Completion<Void> completion) {
    acks.ack(
        delivery.topic(),
        group,
        List.of(delivery.handle()),
        new Completion<>() {
          @Override
          public void done(List<AckOutcome> outcomes) {
            if (outcomes.getFirst() instanceof AckOutcome.Failed failed
                && failed.failure().category() != ErrorCategory.NOT_FOUND) {
              completion.failed(failed.failure());
            } else {
              Completion.succeed(completion);
            }
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }

  private long timeoutMillis() {
    return client.options().callTimeout().toMillis();
  }
}
