package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request for messages, checked against the protocol's limits, which are those that Apache's
 * proxy applies by default.
 *
 * @param topic the topic's full name
 * @param group the group's full name
 * @param filter which messages
 * @param queue one queue, all of a broker, or null for any
 * @param attemptId what repeats of this request carry, or null
 * @param max at most so many messages, 1 to {@link #MAX_BATCH}
 * @param maxWait how long to wait for the first
 * @param invisible how long they stay hidden from others, or until they are renewed
 */
record InboundReceive(
    String topic,
    String group,
    Filter filter,
    @Nullable QueueId queue,
    @Nullable String attemptId,
    int max,
    Duration maxWait,
    Duration invisible) {

  /** The most messages of one answer. */
  static final int MAX_BATCH = 32;

  /** The longest that a receive waits. */
  static final Duration MAX_POLL = Duration.ofSeconds(20);

  static final Duration MAX_INVISIBLE = Duration.ofHours(12);
  private static final Duration MIN_INVISIBLE = Duration.ofSeconds(10);
  private static final Duration RENEWED_INVISIBLE = Duration.ofSeconds(60);
  // What an answer needs on its way back before the caller's deadline.
  private static final Duration ANSWER_MARGIN = Duration.ofMillis(500);
  private static final int MAX_EXPRESSION = 1024;
  private static final int MAX_ATTEMPT_ID = 255;
  private static final int MAX_NODE = 255;

  /**
   * Checks a request.
   *
   * @throws Refusal where it is wrong
   * @throws dev.sluice.gateway.spi.GatewayException about a name that is wrong
   */
  static InboundReceive of(ReceiveMessageRequest request) {
    String topic = ResourceNames.topic(request.getMessageQueue().getTopic());
    String group = ResourceNames.group(request.getGroup());
    String attempt = request.getAttemptId();
    if (attempt.length() > MAX_ATTEMPT_ID) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "attempt_id: "
              + attempt.length()
              + " characters (expected: at most "
              + MAX_ATTEMPT_ID
              + ")");
    }
    String node = request.getMessageQueue().getBroker().getName();
    if (node.length() > MAX_NODE) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "message_queue.broker.name: "
              + node.length()
              + " characters (expected: at most "
              + MAX_NODE
              + ")");
    }
    return new InboundReceive(
        topic,
        group,
        filter(request.getFilterExpression()),
        queue(request),
        attempt.isEmpty() ? null : attempt,
        batch(request.getBatchSize()),
        wait(request.hasLongPollingTimeout(), request.getLongPollingTimeout()),
        invisible(request));
  }

  /**
   * Only push consumers, who have their messages renewed, are assigned single queues and ask for
   * each of them. Others take the queues of a route in turn, whichever has messages: they get those
   * of the whole broker, as they would wait in vain at the wrong one.
   */
  private static @Nullable QueueId queue(ReceiveMessageRequest request) {
    MessageQueue queue = request.getMessageQueue();
    String node = queue.getBroker().getName();
    if (node.isEmpty()) {
      return null;
    }
    boolean single = request.getAutoRenew() && queue.getId() >= 0;
    return new QueueId(node, single ? queue.getId() : QueueId.ANY);
  }

  /**
   * What is asked of the message system, on behalf of a group that consumes so.
   *
   * @param subscriber who asks, where the group consumes lite topics
   */
  ReceiveRequest by(ConsumerGroup how, String subscriber) {
    if (how.lite() != null && how.lite().topic().equals(topic)) {
      QueueId broker = queue == null ? null : new QueueId(queue.node(), QueueId.ANY);
      return new ReceiveRequest(
          topic, group, Filter.ALL, broker, true, attemptId, max, maxWait, invisible, subscriber);
    }
    return new ReceiveRequest(
        topic,
        group,
        filter,
        queue,
        how.ordered(),
        how.ordered() ? attemptId : null,
        max,
        maxWait,
        invisible);
  }

  static Filter filter(FilterExpression expression) {
    String text = expression.getExpression();
    if (text.length() > MAX_EXPRESSION) {
      throw new Refusal(
          Code.ILLEGAL_FILTER_EXPRESSION,
          "filter_expression: "
              + text.length()
              + " characters (expected: at most "
              + MAX_EXPRESSION
              + ")");
    }
    return switch (expression.getType()) {
      case SQL -> new Filter(Filter.Type.SQL, text);
      case TAG, FILTER_TYPE_UNSPECIFIED ->
          text.isBlank() ? Filter.ALL : new Filter(Filter.Type.TAG, text);
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.ILLEGAL_FILTER_EXPRESSION,
              "filter_expression: type " + expression.getTypeValue() + " (expected: TAG or SQL)");
    };
  }

  private static Duration invisible(ReceiveMessageRequest request) {
    if (request.getAutoRenew()) {
      return RENEWED_INVISIBLE;
    }
    Duration asked =
        request.hasInvisibleDuration()
            ? Duration.ofMillis(Times.millis(request.getInvisibleDuration()))
            : Duration.ZERO;
    if (asked.compareTo(MIN_INVISIBLE) < 0 || asked.compareTo(MAX_INVISIBLE) > 0) {
      throw new Refusal(
          Code.ILLEGAL_INVISIBLE_TIME,
          "invisible_duration: "
              + asked.toMillis()
              + " ms (expected: "
              + MIN_INVISIBLE.toMillis()
              + " to "
              + MAX_INVISIBLE.toMillis()
              + " ms)");
    }
    return asked;
  }

  /** As many as one answer has, where more are asked for. */
  static int batch(int asked) {
    if (asked < 1) {
      throw new Refusal(
          Code.BAD_REQUEST, "batch_size: " + asked + " (expected: 1 to " + MAX_BATCH + ")");
    }
    return Math.min(asked, MAX_BATCH);
  }

  /** As long as the caller asks, and not beyond its deadline. */
  static Duration wait(boolean given, com.google.protobuf.Duration timeout) {
    Duration asked = given ? Duration.ofMillis(Times.millis(timeout)) : MAX_POLL;
    Duration wait = asked.compareTo(MAX_POLL) > 0 ? MAX_POLL : asked;
    Deadline deadline = Context.current().getDeadline();
    if (deadline != null) {
      Duration left =
          Duration.ofMillis(deadline.timeRemaining(TimeUnit.MILLISECONDS)).minus(ANSWER_MARGIN);
      if (left.isNegative()) {
        throw new Refusal(
            Code.ILLEGAL_POLLING_TIME,
            "deadline: "
                + left.plus(ANSWER_MARGIN).toMillis()
                + " ms from now (expected: more than "
                + ANSWER_MARGIN.toMillis()
                + " ms)");
      }
      wait = wait.compareTo(left) > 0 ? left : wait;
    }
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
