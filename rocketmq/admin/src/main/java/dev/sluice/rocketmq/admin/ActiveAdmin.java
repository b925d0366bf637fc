package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An admin between start and close: its calls, each answered where callbacks run. */
final class ActiveAdmin implements AsyncAdmin {
  /** How many requests one call makes, one after the other, at most. */
  private static final int STEPS = 8;

  private final ClientOptions options;
  private final ClientRuntime runtime;
  private final TopicCalls topics;
  private final GroupCalls groups;
  private final QueueCalls queues;
  private final MessageCalls messages;
  private final BrokerCalls brokers;

  ActiveAdmin(ClientOptions options, ClientRuntime runtime) {
    this.options = options;
    this.runtime = runtime;
    Requests requests = new Requests(options, runtime);
    this.topics = new TopicCalls(requests);
    this.queues = new QueueCalls(requests);
    this.groups = new GroupCalls(requests, queues);
    this.messages = new MessageCalls(requests);
    this.brokers = new BrokerCalls(requests);
  }

  /** Completes where callbacks run, with this library's failures. */
  private <T> CompletableFuture<T> answer(CompletableFuture<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    var unused =
        call.whenComplete(
            (value, failure) ->
                runtime
                    .handlers()
                    .complete(
                        () -> {
                          if (failure == null) {
                            answer.complete(value);
                          } else {
                            answer.completeExceptionally(RocketMQException.from(failure));
                          }
                        }));
    return answer;
  }

  /** Waits for a call. */
  <T> T await(CompletableFuture<T> call) {
    if (runtime.loops().onLoop()) {
      throw RocketMQException.of(
          Category.INVALID_ARGUMENT,
          "a blocking call on an event loop (expected: on another thread; see callbackExecutor)");
    }
    try {
      return call.get(STEPS * options.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw RocketMQException.rethrown(e);
    } catch (TimeoutException e) {
      throw RocketMQException.of(Category.TIMEOUT, "no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RocketMQException.of(
          Category.INTERRUPTED, "interrupted while waiting; what was begun goes on", e);
    }
  }

  @Override
  public CompletableFuture<Void> createTopic(TopicSettings topic, Where where) {
    return answer(topics.create(topic, where));
  }

  @Override
  public CompletableFuture<Void> deleteTopic(String topic) {
    return answer(topics.delete(topic));
  }

  @Override
  public CompletableFuture<List<String>> topics() {
    return answer(topics.all());
  }

  @Override
  public CompletableFuture<TopicSettings> topic(String topic) {
    return answer(topics.settings(topic));
  }

  @Override
  public CompletableFuture<TopicRoute> route(String topic) {
    return answer(topics.route(topic));
  }

  @Override
  public CompletableFuture<List<QueueStatus>> topicStatus(String topic) {
    return answer(topics.status(topic));
  }

  @Override
  public CompletableFuture<Void> createGroup(GroupSettings group, Where where) {
    return answer(groups.create(group, where));
  }

  @Override
  public CompletableFuture<Void> deleteGroup(String group, boolean withOffsets) {
    return answer(groups.delete(group, withOffsets));
  }

  @Override
  public CompletableFuture<GroupSettings> group(String group) {
    return answer(groups.settings(group));
  }

  @Override
  public CompletableFuture<GroupMembers> members(String group) {
    return answer(groups.members(group));
  }

  @Override
  public CompletableFuture<GroupProgress> progress(String group) {
    return answer(groups.progress(group));
  }

  @Override
  public CompletableFuture<Long> minOffset(MessageQueue queue) {
    return answer(queues.minOffset(queue));
  }

  @Override
  public CompletableFuture<Long> maxOffset(MessageQueue queue) {
    return answer(queues.maxOffset(queue));
  }

  @Override
  public CompletableFuture<Long> offsetAt(MessageQueue queue, Instant time) {
    return answer(queues.offsetAt(queue, time));
  }

  @Override
  public CompletableFuture<OptionalLong> committed(String group, MessageQueue queue) {
    return answer(queues.committed(group, queue));
  }

  @Override
  public CompletableFuture<Void> commit(String group, MessageQueue queue, long offset) {
    return answer(queues.commit(group, queue, offset));
  }

  @Override
  public CompletableFuture<Map<MessageQueue, Long>> resetOffsets(
      String group, String topic, Instant time) {
    return answer(groups.resetOffsets(group, topic, time));
  }

  @Override
  public CompletableFuture<ReceivedMessage> message(String topic, String offsetMessageId) {
    return answer(messages.byId(topic, offsetMessageId));
  }

  @Override
  public CompletableFuture<List<ReceivedMessage>> messages(String topic, String key, int most) {
    return answer(messages.byKey(topic, key, most));
  }

  @Override
  public CompletableFuture<List<BrokerNode>> brokers() {
    return answer(brokers.all());
  }

  @Override
  public CompletableFuture<String> brokerVersion(String broker) {
    return answer(brokers.version(broker));
  }

  @Override
  public CompletableFuture<Map<String, String>> brokerConfig(String broker) {
    return answer(brokers.config(broker));
  }
}
