package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;

/** An official consumer of one topic, that ours share a group with. */
interface OfficialMember {

  /** The queues that it has. */
  Set<MessageQueue> queues();

  /** The bodies of all that it has consumed by now. */
  List<String> consumed();

  /** Leaves, with its offsets at the broker. */
  void leave();

  /** One that is asked for messages; its requests are of 5.x. */
  static OfficialMember pulling(ConsumerFixture fixture, String topic) throws MQClientException {
    DefaultLitePullConsumer consumer = fixture.officialPulling(topic);
    consumer.start();
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    return new OfficialMember() {
      @Override
      public Set<MessageQueue> queues() {
        try {
          return consumer.assignment().stream()
              .map(
                  each ->
                      new MessageQueue(each.getTopic(), each.getBrokerName(), each.getQueueId()))
              .collect(Collectors.toSet());
        } catch (MQClientException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public List<String> consumed() {
        consumer.poll(100).forEach(each -> bodies.add(body(each)));
        return List.copyOf(bodies);
      }

      @Override
      public void leave() {
        consumer.commit();
        consumer.shutdown();
      }
    };
  }

  /** One that calls a handler, for brokers of 4.x, too. */
  static OfficialMember pushing(ConsumerFixture fixture, String topic) throws MQClientException {
    DefaultMQPushConsumer consumer = fixture.official();
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              messages.forEach(each -> bodies.add(body(each)));
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    return new OfficialMember() {
      @Override
      public Set<MessageQueue> queues() {
        return PushConsumerContract.of(consumer, topic);
      }

      @Override
      public List<String> consumed() {
        return List.copyOf(bodies);
      }

      @Override
      public void leave() {
        consumer.shutdown();
      }
    };
  }

  private static String body(MessageExt message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
