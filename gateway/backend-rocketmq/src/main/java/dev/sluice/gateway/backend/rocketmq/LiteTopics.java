package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.LiteChange;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.LiteSubscription;
import dev.sluice.rocketmq.wire.ResponseCode;
import org.jspecify.annotations.Nullable;

/** Lite topics, which 5.5 brokers have that are set to (`enableLmq`, `enableMultiDispatch`). */
final class LiteTopics {
  private static final double STEPS = 1L << 31;
  private static final long MULTIPLIER = 2862933555777941757L;

  private LiteTopics() {}

  /**
   * The position of the queue that messages of a lite topic go to: the jump consistent hash of its
   * name's hash code, by which brokers tell whose subscriptions they keep.
   *
   * @param queues how many there are, from 1
   */
  static int queueOf(String liteTopic, int queues) {
    long state = liteTopic.hashCode();
    int candidate = 0;
    while (true) {
      state = MULTIPLIER * state + 1;
      double next = (candidate + 1) / (((int) (state >>> 33) + 1) / STEPS);
      if (next >= queues) {
        return candidate;
      }
      candidate = (int) next;
    }
  }

  /** See {@code Upstream.changeLite}. */
  static void change(RemotingClient client, LiteChange change, Completion<Void> completion) {
    client
        .lites()
        .change(
            change.topic(),
            LiteSubscription.of(
                action(change.action()),
                change.subscriber(),
                change.group(),
                change.topic(),
                change.liteTopics(),
                start(change.start()),
                change.version()),
            Then.of(
                done -> Completion.succeed(completion),
                failure -> completion.failed(of(failure, change))));
  }

  private static LiteSubscription.Action action(LiteChange.Action action) {
    return switch (action) {
      case ADD -> LiteSubscription.Action.PARTIAL_ADD;
      case REMOVE -> LiteSubscription.Action.PARTIAL_REMOVE;
      case REPLACE -> LiteSubscription.Action.COMPLETE_ADD;
      case LEAVE -> LiteSubscription.Action.COMPLETE_REMOVE;
    };
  }

  private static LiteSubscription.@Nullable Start start(LiteChange.@Nullable Start start) {
    if (start == null) {
      return null;
    }
    return switch (start.kind()) {
      case LAST -> new LiteSubscription.Start(LiteSubscription.Start.Kind.POLICY, 0);
      case BEGINNING -> new LiteSubscription.Start(LiteSubscription.Start.Kind.POLICY, 1);
      case END -> new LiteSubscription.Start(LiteSubscription.Start.Kind.POLICY, 2);
      case OFFSET -> new LiteSubscription.Start(LiteSubscription.Start.Kind.OFFSET, start.value());
      case BACK -> new LiteSubscription.Start(LiteSubscription.Start.Kind.TAIL_N, start.value());
      case TIME -> new LiteSubscription.Start(LiteSubscription.Start.Kind.TIMESTAMP, start.value());
    };
  }

  private static GatewayException of(ClientException failure, LiteChange change) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure.code()) {
      case ResponseCode.LITE_SUBSCRIPTION_QUOTA_EXCEEDED ->
          new GatewayException(
              ErrorCategory.OVERLOADED, Subject.LITE_SUBSCRIPTION, message, failure);
      case ResponseCode.REQUEST_CODE_NOT_SUPPORTED ->
          new GatewayException(
              ErrorCategory.UNSUPPORTED,
              Subject.LITE_TOPIC,
              "lite topics: the broker has none (expected: RocketMQ 5.5 or later)",
              failure);
      case ResponseCode.ILLEGAL_OPERATION ->
          new GatewayException(ErrorCategory.FAILED_PRECONDITION, Subject.GROUP, message, failure);
      default -> Failures.of(failure, change.topic(), change.group());
    };
  }
}
