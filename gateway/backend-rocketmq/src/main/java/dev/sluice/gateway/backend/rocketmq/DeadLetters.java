package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.rocketmq.remoting.AckStatus;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendMessage;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;

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

  private final RemotingClient client;
  private final String producerGroup;

  DeadLetters(RemotingClient client, String producerGroup) {
    this.client = client;
    this.producerGroup = producerGroup;
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
    PopHandle handle;
    try {
      handle = PopHandle.parse(delivery.handle());
    } catch (WireException e) {
      completion.failed(unreadable(delivery, e));
      return;
    }
    store(group, delivery, completion, () -> acknowledge(group, handle, delivery, completion));
  }

  /** See {@code Upstream.storeDeadLetter}: reads the message once more from where it lies. */
  void store(String topic, String group, String handle, Completion<Void> completion) {
    PopHandle parsed;
    try {
      parsed = PopHandle.parse(handle);
    } catch (WireException e) {
      completion.failed(
          GatewayException.invalid(GatewayException.Subject.HANDLE, "handle: " + e.getMessage()));
      return;
    }
    new Reread(client, topic, group, parsed)
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
            ONE_TOO_MANY,
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

  private void acknowledge(
      String group, PopHandle handle, Delivery delivery, Completion<Void> completion) {
    client
        .popping()
        .ack(
            group,
            delivery.topic(),
            handle,
            timeoutMillis(),
            Then.of(
                status -> {
                  if (status == AckStatus.FAILED) {
                    completion.failed(
                        GatewayException.unavailable(
                            "the broker did not take the acknowledgement of a dead letter", null));
                  } else {
                    Completion.succeed(completion);
                  }
                },
                failure -> completion.failed(Failures.of(failure, delivery.topic(), group))));
  }

  private long timeoutMillis() {
    return client.options().callTimeout().toMillis();
  }
}
