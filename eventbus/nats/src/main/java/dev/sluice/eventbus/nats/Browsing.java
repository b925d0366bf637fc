package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a topic by a consumer of no group, which is taken away afterwards. Blocks. */
final class Browsing {
  private static final long BYTES = 32L << 20;
  private static final Duration LEFT_ALONE = Duration.ofSeconds(30);

  private final NatsNames names;
  private final Duration patience;
  private final boolean strict;

  /**
   * A reader.
   *
   * @param strict whether it is an error that there is no such topic. It is none for a member,
   *     whose topics are made when they are first used.
   */
  Browsing(NatsNames names, Duration patience, boolean strict) {
    this.names = names;
    this.patience = patience;
    this.strict = strict;
  }

  /**
   * What there is behind a position.
   *
   * @throws EventBusException NOT_FOUND where there is no such topic and that is an error
   */
  List<InboundMessage> read(Session session, String topic, @Nullable String from, int max)
      throws IOException, JetStreamApiException, InterruptedException {
    long start = from == null ? 1 : Math.max(1, sequence(from) + 1);
    String stream = names.stream(topic);
    JetStreamManagement management = session.management();
    String consumer;
    try {
      consumer =
          management
              .addOrUpdateConsumer(
                  stream,
                  ConsumerConfiguration.builder()
                      .deliverPolicy(DeliverPolicy.ByStartSequence)
                      .startSequence(start)
                      .ackPolicy(AckPolicy.None)
                      .inactiveThreshold(LEFT_ALONE)
                      .build())
              .getName();
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.STREAM_NOT_FOUND) {
        throw e;
      }
      if (strict) {
        throw EventBusException.of(
            Category.NOT_FOUND, "topic: " + topic + " (expected: one that exists)", e);
      }
      return List.of();
    }
    try {
      return pull(session, topic, stream, consumer, max);
    } finally {
      management.deleteConsumer(stream, consumer);
    }
  }

  private List<InboundMessage> pull(
      Session session, String topic, String stream, String consumer, int max)
      throws InterruptedException {
    String inbox = session.newInbox();
    Subscription subscription = session.subscribe(inbox);
    List<InboundMessage> found = new ArrayList<>();
    try {
      String request =
          "{\"batch\":%d,\"no_wait\":true,\"max_bytes\":%d}"
              .formatted(max, BYTES + session.maxPayload());
      session.publish(
          "$JS.API.CONSUMER.MSG.NEXT." + stream + '.' + consumer,
          inbox,
          null,
          request.getBytes(StandardCharsets.US_ASCII));
      while (found.size() < max) {
        Message message = subscription.nextMessage(patience);
        if (message == null || message.isStatusMessage() || !message.isJetStream()) {
          break; // The end, or what has come is what there is to be had now.
        }
        NatsJetStreamMetaData about = message.metaData();
        String subject = message.getSubject();
        int number = Integer.parseInt(subject.substring(subject.lastIndexOf('.') + 1));
        found.add(WireMessages.inbound(new Part(topic, number), message, about));
      }
    } finally {
      subscription.unsubscribe();
    }
    return found;
  }

  static long sequence(String position) {
    int at = position.lastIndexOf('@');
    try {
      long sequence = Long.parseLong(position.substring(at + 1));
      if (at > 0 && sequence >= -1) {
        return sequence;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw EventBusException.invalid("position", position, "that of a message, partition@offset");
  }
}
