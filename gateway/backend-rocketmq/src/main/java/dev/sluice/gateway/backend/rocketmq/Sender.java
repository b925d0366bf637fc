package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.SendReceipt.Moved;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.OutgoingBatch;
import dev.sluice.rocketmq.remoting.OutgoingMessage;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.OffsetMessageId;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.SystemFlags;
import dev.sluice.rocketmq.requests.UniqueIds;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages: finds the topic's route, picks the queue, encodes once, tells what became of it.
 * Called on loops only.
 *
 * <p>Messages without a sharding key go to another broker when the one picked cannot be reached and
 * nothing was written to it; every other failure is the caller's to judge.
 */
final class Sender {
  private final RemotingClient client;
  private final UniqueIds ids;
  private final String producerGroup;
  private final StaleRoutes staleRoutes;
  private volatile @Nullable ClassicSends classic;

  Sender(RemotingClient client, StaleRoutes staleRoutes, UniqueIds ids, String producerGroup) {
    this.client = client;
    this.staleRoutes = staleRoutes;
    this.ids = ids;
    this.producerGroup = producerGroup;
  }

  /** From now on messages go to brokers of 4.x. */
  void fit(ClassicSends fitting) {
    classic = fitting;
  }

  /** Sends messages of one topic; see {@code Upstream.send}. */
  void send(
      List<OutboundMessage> messages,
      Duration timeout,
      int maxBodyBytes,
      Completion<List<SendReceipt>> completion) {
    ClassicSends fitting = classic;
    if (fitting == null || messages.size() > 1) {
      // What fits into a batch fits everywhere.
      leave(messages, null, timeout, maxBodyBytes, new Receipts(null, completion));
      return;
    }
    ClassicSends.Fitted fitted;
    try {
      fitted = fitting.fit(messages.getFirst());
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    leave(
        List.of(fitted.message()),
        null,
        timeout,
        maxBodyBytes,
        new Receipts(fitted.moved(), completion));
  }

  /** Stores a half message; see {@code Upstream.begin}. */
  void begin(
      OutboundMessage message,
      HalfTerms terms,
      Duration timeout,
      int maxBodyBytes,
      Completion<OpenTransaction> completion) {
    if (!(message.schedule() instanceof Schedule.Now)) {
      completion.failed(
          GatewayException.invalid(
              Subject.DELIVERY_TIME,
              "delivery time: "
                  + message.schedule()
                  + " (expected: none, as a transaction's message comes when it is committed)"));
      return;
    }
    ClassicSends fitting = classic;
    if (fitting != null) {
      try {
        fitting.fit(message);
      } catch (GatewayException e) {
        completion.failed(e);
        return;
      }
    }
    leave(List.of(message), terms, timeout, maxBodyBytes, new Begun(terms, completion));
  }

  private void leave(
      List<OutboundMessage> messages,
      @Nullable HalfTerms terms,
      Duration timeout,
      int maxBodyBytes,
      Landing landing) {
    Flight flight;
    try {
      flight = new Flight(messages, terms, Deadline.after(timeout), maxBodyBytes, landing);
    } catch (GatewayException e) {
      landing.failed(e);
      return;
    }
    Route route = client.routes().cached(flight.topic);
    if (route != null) {
      flight.leave(route);
    } else {
      client.routes().lookupForSend(flight.topic, Then.of(flight::leave, flight::failed));
    }
  }

  /** The queue of a sharding key, or null where the topic's route is not at hand. */
  @Nullable QueueId queueOf(String topic, String shardingKey) {
    Route route = client.routes().cached(topic);
    if (route == null || route.provisional() || route.writableCount() == 0) {
      return null;
    }
    TopicQueue queue = route.writable(MessageGroups.queueOf(shardingKey, route.writableCount()));
    return new QueueId(queue.broker().name(), queue.id());
  }

  /** Who waits for messages on their way. */
  private interface Landing {
    void stored(TopicQueue queue, SendReply reply, String[] messageIds);

    void failed(GatewayException failure);
  }

  private record Receipts(@Nullable Moved moved, Completion<List<SendReceipt>> completion)
      implements Landing {
    @Override
    public void stored(TopicQueue queue, SendReply reply, String[] messageIds) {
      QueueId stored = new QueueId(queue.broker().name(), reply.queueId());
      SendReceipt[] receipts = new SendReceipt[messageIds.length];
      for (int i = 0; i < receipts.length; i++) {
        receipts[i] =
            new SendReceipt(
                messageIds[i], stored, reply.queueOffset() + i, reply.recallHandle(), moved);
      }
      completion.done(receipts.length == 1 ? List.of(receipts[0]) : Arrays.asList(receipts));
    }

    @Override
    public void failed(GatewayException failure) {
      completion.failed(failure);
    }
  }

  private record Begun(HalfTerms terms, Completion<OpenTransaction> completion) implements Landing {
    @Override
    public void stored(TopicQueue queue, SendReply reply, String[] messageIds) {
      HalfMessage half =
          new HalfMessage(
              queue.broker().name(),
              queue.topic(),
              terms.producerGroup(),
              messageIds[0],
              reply.queueOffset(),
              OffsetMessageId.commitLogOffset(reply.offsetMessageIds().getFirst()));
      completion.done(
          new OpenTransaction(
              messageIds[0], new BegunTransaction(half, terms.beginsAt()).handle()));
    }

    @Override
    public void failed(GatewayException failure) {
      completion.failed(failure);
    }
  }

  /** Messages on their way together. */
  private final class Flight implements Reply<SendReply> {
    private final List<OutboundMessage> messages;
    private final String topic;
    private final String[] messageIds;
    private final Deadline deadline;
    private final Landing landing;
    private final @Nullable OutgoingMessage single;
    private final @Nullable OutgoingBatch batch;
    private int brokersTried;
    private @Nullable Route route;
    private @Nullable TopicQueue queue;

    Flight(
        List<OutboundMessage> messages,
        @Nullable HalfTerms terms,
        Deadline deadline,
        int maxBodyBytes,
        Landing landing) {
      this.messages = messages;
      this.deadline = deadline;
      this.landing = landing;
      OutboundMessage first = messages.getFirst();
      topic = first.topic();
      messageIds = new String[messages.size()];
      int flags = OutboundEncoding.systemFlags(first.encoding());
      if (terms != null) {
        SendBatch.Member member = member(0, terms, terms.beginsAt(), maxBodyBytes);
        int half = flags | SystemFlags.TRANSACTION_PREPARED;
        single = new OutgoingMessage(producerGroup, half, terms.beginsAt(), member);
        batch = null;
      } else if (messages.size() == 1) {
        SendBatch.Member member = member(0, null, first.bornAt(), maxBodyBytes);
        single = new OutgoingMessage(producerGroup, flags, first.bornAt(), member);
        batch = null;
      } else {
        SendBatch.Member[] members = new SendBatch.Member[messages.size()];
        for (int i = 0; i < members.length; i++) {
          members[i] = member(i, null, first.bornAt(), maxBodyBytes);
        }
        single = null;
        batch = new OutgoingBatch(producerGroup, flags, first.bornAt(), List.of(members));
      }
    }

    private SendBatch.Member member(
        int index, @Nullable HalfTerms terms, long bornAt, int maxBodyBytes) {
      OutboundMessage message = messages.get(index);
      int size = message.body().remaining();
      if (size == 0 || size > maxBodyBytes) {
        throw GatewayException.invalid(
            Subject.BODY, "body: " + size + " bytes (expected: 1 to " + maxBodyBytes + ")");
      }
      String id = message.id() != null ? message.id() : ids.next();
      messageIds[index] = id;
      return OutboundEncoding.member(message, id, bornAt, terms);
    }

    void leave(Route found) {
      route = found;
      if (found.writableCount() == 0) {
        landing.failed(
            GatewayException.unavailable(
                "topic: '" + topic + "' has no queue that can be written to now", null));
        return;
      }
      String shardingKey = messages.getFirst().shardingKey();
      String liteTopic = messages.getFirst().liteTopic();
      if (shardingKey != null) {
        write(found.writable(MessageGroups.queueOf(shardingKey, found.writableCount())));
      } else if (liteTopic != null) {
        write(found.writable(LiteTopics.queueOf(liteTopic, found.writableCount())));
      } else {
        write(found.writableInTurn(ThreadLocalRandom.current().nextInt()));
      }
    }

    private void write(TopicQueue to) {
      queue = to;
      long millis = Math.max(1, deadline.remaining().toMillis());
      if (single != null) {
        client.sending().send(to, single, millis, this);
      } else if (batch != null) {
        client.sending().sendBatch(to, batch, millis, this);
      }
    }

    @Override
    public void done(SendReply reply) {
      landing.stored(queueWritten(), reply, messageIds);
    }

    @Override
    public void failed(ClientException failure) {
      if (route != null && failure.category() == FailureCategory.UNAVAILABLE) {
        staleRoutes.suspect(topic);
        OutboundMessage first = messages.getFirst();
        boolean anywhere = first.shardingKey() == null && first.liteTopic() == null;
        TopicQueue other = anywhere ? queueElsewhere() : null;
        if (other != null && !deadline.isPast()) {
          write(other);
          return;
        }
      }
      boolean delayed = !(messages.getFirst().schedule() instanceof Schedule.Now);
      landing.failed(Failures.ofSend(failure, topic, delayed));
    }

    /** A queue of the broker after the one tried, until each was tried once. */
    private @Nullable TopicQueue queueElsewhere() {
      Route on = route;
      if (on == null || ++brokersTried >= on.brokers().size()) {
        return null;
      }
      Broker from = queueWritten().broker();
      int count = on.writableCount();
      int start = 0;
      while (start < count && !on.writable(start).broker().equals(from)) {
        start++;
      }
      for (int i = 0; i < count; i++) {
        TopicQueue candidate = on.writable((start + i) % count);
        if (!candidate.broker().equals(from)) {
          return candidate;
        }
      }
      return null;
    }

    private TopicQueue queueWritten() {
      TopicQueue written = queue;
      if (written == null) {
        throw new IllegalStateException("queue: none (expected: one was picked before the answer)");
      }
      return written;
    }
  }
}
