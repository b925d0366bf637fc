package dev.sluice.rocketmq.client;

import dev.sluice.engines.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.awaitility.Awaitility;

/** The official client, reading a topic from its start on. */
final class OfficialReader implements AutoCloseable {
  private final DefaultLitePullConsumer consumer;
  private final List<MessageExt> read = new ArrayList<>();

  private OfficialReader(DefaultLitePullConsumer consumer) {
    this.consumer = consumer;
  }

  static OfficialReader of(String nameServers, String topic) throws MQClientException {
    DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(TopicNames.unique("official"));
    consumer.setNamesrvAddr(nameServers);
    consumer.setInstanceName(TopicNames.unique("reader"));
    consumer.setAutoCommit(false);
    consumer.start();
    List<MessageQueue> queues = new ArrayList<>();
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> queues.addAll(consumer.fetchMessageQueues(topic)));
    consumer.assign(queues);
    for (MessageQueue queue : queues) {
      consumer.seekToBegin(queue);
    }
    return new OfficialReader(consumer);
  }

  /** All messages so far, once there are as many, in the order of each queue. */
  List<MessageExt> read(int count) {
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () -> {
              read.addAll(consumer.poll(200));
              return read.size() >= count;
            });
    return List.copyOf(read);
  }

  /** One message, and no other for a while. */
  MessageExt only() {
    MessageExt first = read(1).getFirst();
    more(Duration.ofMillis(500));
    if (read.size() != 1) {
      throw new AssertionError("messages: " + read + " (expected: one)");
    }
    return first;
  }

  /** What has come by the end of a time. */
  List<MessageExt> more(Duration time) {
    read.addAll(consumer.poll(time.toMillis()));
    return List.copyOf(read);
  }

  @Override
  public void close() {
    consumer.shutdown();
  }
}
