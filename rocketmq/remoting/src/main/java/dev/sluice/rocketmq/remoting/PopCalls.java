package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.AckMessage;
import dev.sluice.rocketmq.requests.AwaitMessages;
import dev.sluice.rocketmq.requests.ChangeInvisible;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PopLiteMessage;
import dev.sluice.rocketmq.requests.PopMessage;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Pops from the brokers of a topic, and finds the broker of a handle for what comes after. */
final class PopCalls implements Popping {
  /** The broker puts its own clock's time in, so that the clocks need not agree. */
  private static final long BORN_ON_ARRIVAL = 0;

  private static final int TURNS = 256;

  /**
   * Whose turn it is, by a hash of topic and group: enough counters that subscriptions seldom share
   * one, and nothing to clean up.
   */
  private final AtomicIntegerArray turns = new AtomicIntegerArray(TURNS);

  private final RouteCache routes;
  private final CallRouter router;
  private final NamedBrokers brokers;
  private final long callTimeoutMillis;
  private final BatchAcks batchAcks;

  PopCalls(RouteCache routes, CallRouter router, NamedBrokers brokers, RemotingOptions options) {
    this.routes = routes;
    this.router = router;
    this.brokers = brokers;
    this.callTimeoutMillis = options.callTimeout().toMillis();
    this.batchAcks = new BatchAcks(this, brokers);
  }

  @Override
  public void pop(PopRequest request, Reply<PopReply> reply) {
    Route route = routes.cached(request.topic());
    if (route != null) {
      popInTurn(route, request, reply);
    } else {
      routes.lookup(
          request.topic(), Replies.then(reply, found -> popInTurn(found, request, reply)));
    }
  }

  private void popInTurn(Route route, PopRequest request, Reply<PopReply> reply) {
    int count = route.readerCount();
    if (count == 0) {
      Replies.fail(
          reply,
          ClientException.of(
              FailureCategory.UNAVAILABLE,
              "topic: " + route.topic() + " has no queue that can be read"));
      return;
    }
    int turn = 0;
    if (count > 1) {
      int hash = 31 * request.topic().hashCode() + request.group().hashCode();
      turn = turns.getAndIncrement((hash ^ (hash >>> 15)) & (TURNS - 1));
    }
    pop(route.reader(Math.floorMod(turn, count)), request, reply);
  }

  @Override
  public void pop(Broker broker, PopRequest request, Reply<PopReply> reply) {
    Endpoint endpoint = broker.reader();
    if (endpoint == null) {
      Replies.fail(reply, noAddress(broker));
      return;
    }
    Filter filter = request.filter();
    boolean all = filter.equals(Filter.ALL);
    PopMessage message =
        new PopMessage(
            broker.name(),
            request.group(),
            request.topic(),
            request.queueId(),
            request.maxMessages(),
            request.invisibleMillis(),
            request.waitMillis(),
            BORN_ON_ARRIVAL,
            request.start() == PopRequest.Start.EARLIEST
                ? PopMessage.InitMode.MIN
                : PopMessage.InitMode.MAX,
            all ? null : filter.kind().name(),
            all ? null : filter.expression(),
            request.ordered(),
            request.attemptId());
    // What a lost answer held comes again by itself, so that asking again is harmless.
    router.call(
        endpoint, message, Commands.Effect.READS, request.waitMillis() + callTimeoutMillis, reply);
  }

  private static ClientException noAddress(Broker broker) {
    return ClientException.of(
        FailureCategory.UNAVAILABLE, "broker: " + broker.name() + " has no address now");
  }

  @Override
  public void await(
      Broker broker,
      String group,
      String topic,
      int queueId,
      Filter filter,
      boolean ordered,
      long waitMillis,
      Reply<AwaitMessages.Answer> reply) {
    Endpoint endpoint = broker.reader();
    if (endpoint == null) {
      Replies.fail(reply, noAddress(broker));
      return;
    }
    boolean all = filter.equals(Filter.ALL);
    router.call(
        endpoint,
        new AwaitMessages(
            group,
            topic,
            queueId,
            waitMillis,
            BORN_ON_ARRIVAL,
            all ? null : filter.kind().name(),
            all ? null : filter.expression(),
            ordered),
        Commands.Effect.READS,
        waitMillis + callTimeoutMillis,
        reply);
  }

  @Override
  public void popLite(Broker broker, String clientId, PopRequest request, Reply<PopReply> reply) {
    Endpoint endpoint = broker.reader();
    if (endpoint == null) {
      Replies.fail(
          reply,
          ClientException.of(
              FailureCategory.UNAVAILABLE, "broker: " + broker.name() + " has no address now"));
      return;
    }
    router.call(
        endpoint,
        new PopLiteMessage(
            broker.name(),
            request.group(),
            request.topic(),
            clientId,
            request.maxMessages(),
            request.invisibleMillis(),
            request.waitMillis(),
            request.attemptId()),
        Commands.Effect.READS,
        request.waitMillis() + callTimeoutMillis,
        reply);
  }

  @Override
  public void ack(
      String group, String topic, PopHandle handle, long timeoutMillis, Reply<AckStatus> reply) {
    ackOne(
        group,
        topic,
        handle,
        timeoutMillis,
        new Reply<Done>() {
          @Override
          public void done(Done value) {
            reply.done(AckStatus.OK);
          }

          @Override
          public void failed(ClientException failure) {
            if (failure.code() == ResponseCode.NO_MESSAGE) {
              reply.done(AckStatus.NO_MESSAGE);
            } else {
              reply.failed(failure);
            }
          }
        });
  }

  private void ackOne(
      String group, String topic, PopHandle handle, long timeoutMillis, Reply<Done> reply) {
    brokers.call(
        topic, handle.brokerName(), new AckMessage(group, topic, handle), timeoutMillis, reply);
  }

  @Override
  public void ackAll(
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Reply<List<AckStatus>> reply) {
    if (handles.isEmpty()) {
      reply.done(List.of());
      return;
    }
    router.onLoop(() -> batchAcks.ack(group, topic, handles, timeoutMillis, reply), reply);
  }

  @Override
  public void changeInvisible(
      String group,
      String topic,
      PopHandle handle,
      long invisibleMillis,
      long timeoutMillis,
      Reply<PopHandle> reply) {
    brokers.call(
        topic,
        handle.brokerName(),
        new ChangeInvisible(group, topic, handle, invisibleMillis),
        timeoutMillis,
        reply);
  }
}
