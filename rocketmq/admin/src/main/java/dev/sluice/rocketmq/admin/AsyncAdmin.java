package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of {@link Admin}, which see, without waiting. A future fails with a {@link
 * RocketMQException}; what hangs on it runs where callbacks of the client run. For any thread.
 */
public interface AsyncAdmin {

  /** See {@link Admin#createTopic(TopicSettings)}. */
  default CompletableFuture<Void> createTopic(TopicSettings topic) {
    return createTopic(topic, Where.everywhere());
  }

  /** See {@link Admin#createTopic(TopicSettings, Where)}. */
  CompletableFuture<Void> createTopic(TopicSettings topic, Where where);

  /** See {@link Admin#deleteTopic}. */
  CompletableFuture<Void> deleteTopic(String topic);

  /** See {@link Admin#topics}. */
  CompletableFuture<List<String>> topics();

  /** See {@link Admin#topic}. */
  CompletableFuture<TopicSettings> topic(String topic);

  /** See {@link Admin#route}. */
  CompletableFuture<TopicRoute> route(String topic);

  /** See {@link Admin#topicStatus}. */
  CompletableFuture<List<QueueStatus>> topicStatus(String topic);

  /** See {@link Admin#createGroup(GroupSettings)}. */
  default CompletableFuture<Void> createGroup(GroupSettings group) {
    return createGroup(group, Where.everywhere());
  }

  /** See {@link Admin#createGroup(GroupSettings, Where)}. */
  CompletableFuture<Void> createGroup(GroupSettings group, Where where);

  /** See {@link Admin#deleteGroup}. */
  CompletableFuture<Void> deleteGroup(String group, boolean withOffsets);

  /** See {@link Admin#group}. */
  CompletableFuture<GroupSettings> group(String group);

  /** See {@link Admin#members}. */
  CompletableFuture<GroupMembers> members(String group);

  /** See {@link Admin#progress}. */
  CompletableFuture<GroupProgress> progress(String group);

  /** See {@link Admin#minOffset}. */
  CompletableFuture<Long> minOffset(MessageQueue queue);

  /** See {@link Admin#maxOffset}. */
  CompletableFuture<Long> maxOffset(MessageQueue queue);

  /** See {@link Admin#offsetAt}. */
  CompletableFuture<Long> offsetAt(MessageQueue queue, Instant time);

  /** See {@link Admin#committed}. */
  CompletableFuture<OptionalLong> committed(String group, MessageQueue queue);

  /** See {@link Admin#commit}. */
  CompletableFuture<Void> commit(String group, MessageQueue queue, long offset);

  /** See {@link Admin#resetOffsets}. */
  CompletableFuture<Map<MessageQueue, Long>> resetOffsets(String group, String topic, Instant time);

  /** See {@link Admin#message}. */
  CompletableFuture<ReceivedMessage> message(String topic, String offsetMessageId);

  /** See {@link Admin#messages}. */
  CompletableFuture<List<ReceivedMessage>> messages(String topic, String key, int most);

  /** See {@link Admin#brokers}. */
  CompletableFuture<List<BrokerNode>> brokers();

  /** See {@link Admin#brokerVersion}. */
  CompletableFuture<String> brokerVersion(String broker);

  /** See {@link Admin#brokerConfig}. */
  CompletableFuture<Map<String, String>> brokerConfig(String broker);
}
