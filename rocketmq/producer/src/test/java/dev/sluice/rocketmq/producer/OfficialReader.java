package dev.sluice.rocketmq.producer;

import dev.sluice.engines.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.awaitility.Awaitility;

/**
 * The official client, reading a topic from its start on. By the older of its two ways to pull, as
 * 4.x brokers do not know the newer one's requests.
 */
@SuppressWarnings("deprecation")
final class OfficialReader implements AutoCloseable {
  private final DefaultMQPullConsumer consumer;
  private final Map<MessageQueue, Long> next = new HashMap<>();
  private final List<MessageExt> read = new ArrayList<>();

  private OfficialReader(DefaultMQPullConsumer consumer) {
    this.consumer = consumer;
  }

  static OfficialReader of(String nameServers, String topic) throws MQClientException {
    DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(TopicNames.unique("official"));
    consumer.setNamesrvAddr(nameServers);
    consumer.setInstanceName(TopicNames.unique("reader"));
    consumer.start();
    OfficialReader reader = new OfficialReader(consumer);
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              consumer
                  .fetchSubscribeMessageQueues(topic)
                  .forEach(queue -> reader.next.put(queue, 0L));
              return !reader.next.isEmpty();
            });
    return reader;
  }

  private void pull() throws Exception {
    for (Map.Entry<MessageQueue, Long> queue : next.entrySet()) {
      PullResult result = consumer.pull(queue.getKey(), "*", queue.getValue(), 32);
      queue.setValue(result.getNextBeginOffset());
      if (result.getPullStatus() == PullStatus.FOUND) {
        read.addAll(result.getMsgFoundList());
      }
    }
  }

  /** All messages so far, once there are as many, in the order of each queue. */
  List<MessageExt> read(int count) {
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              pull();
              return read.size() >= count;
            });
    return List.copyOf(read);
  }

  /** One message, and no other for a while. */
  MessageExt only() {
    MessageExt first = read(1).getFirst();
    Awaitility.await()
        .during(Duration.ofMillis(300))
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () -> {
              pull();
              return read.size() == 1;
            });
    return first;
  }

  @Override
  public void close() {
    consumer.shutdown();
  }
}
