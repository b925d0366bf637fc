package dev.sluice.rocketmq.consumer.guide;

// @start region="imports"
import dev.sluice.rocketmq.admin.Admin;
import dev.sluice.rocketmq.admin.GroupSettings;
import dev.sluice.rocketmq.admin.RetryPolicy;
import dev.sluice.rocketmq.admin.TopicSettings;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.consumer.ConsumeResult;
import dev.sluice.rocketmq.consumer.Delivery;
import dev.sluice.rocketmq.consumer.PopConsumer;
import dev.sluice.rocketmq.consumer.PopConsumerOptions;
import dev.sluice.rocketmq.consumer.PullConsumer;
import dev.sluice.rocketmq.consumer.PullConsumerOptions;
import dev.sluice.rocketmq.consumer.PushConsumer;
import dev.sluice.rocketmq.consumer.PushConsumerOptions;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.Coalescing;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.producer.QueueSelector;
import dev.sluice.rocketmq.producer.SendResult;
import dev.sluice.rocketmq.producer.TransactionOutcome;
import dev.sluice.rocketmq.producer.TransactionResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

// @end

/** The examples of docs/rocketmq-client.md, each between its marks. */
final class GuideExamples {
  private GuideExamples() {}

  // @start region="client"
  static ClientOptions client(String nameServers) {
    return ClientOptions.builder(nameServers) // "10.0.0.1:9876;10.0.0.2:9876"
        .callTimeout(Duration.ofSeconds(30))
        .build();
  }

  // @end

  // @start region="producer"
  static List<SendResult> send(ClientOptions client, String group, String topic) {
    ProducerOptions options =
        ProducerOptions.builder(client, group).sendTimeout(Duration.ofSeconds(30)).build();
    try (Producer producer = Producer.create(options)) {
      producer.start();

      // Waits until a broker has stored it; on a virtual thread that costs no thread.
      SendResult coffee =
          producer.send(
              Message.builder(topic, "two coffees")
                  .tag("drinks")
                  .key("order-17")
                  .property("table", "4")
                  .build());

      // Or without waiting: the future completes by the send timeout.
      CompletableFuture<SendResult> tea =
          producer.sendAsync(Message.builder(topic, "one tea").tag("drinks").build());

      return List.of(coffee, tea.join());
    }
  }

  // @end

  // @start region="outcome"
  static Producer careful(ClientOptions client, String group) {
    Producer producer =
        Producer.create(
            ProducerOptions.builder(client, group)
                .sendTimeout(Duration.ofSeconds(30))
                .retryUnknownOutcome(false) // Tried again, it might be stored twice.
                .build());
    producer.start();
    return producer;
  }

  static String sendOrTell(Producer producer, Message message) {
    try {
      SendResult stored = producer.send(message);
      return "stored in " + stored.queue() + ": " + stored.status();
    } catch (RocketMQException e) {
      return switch (e.category()) {
        case UNKNOWN_OUTCOME, INTERNAL, INTERRUPTED -> "stored or not: " + e.getMessage();
        case INVALID_ARGUMENT -> "never to be stored: " + e.getMessage();
        default -> "not stored: " + e.getMessage();
      };
    }
  }

  // @end

  // @start region="coalescing"
  static Producer busy(ClientOptions client, String group) {
    Producer producer =
        Producer.create(
            ProducerOptions.builder(client, group).coalescing(Coalescing.defaults()).build());
    producer.start();
    return producer;
  }

  static List<SendResult> sendAll(Producer producer, List<Message> messages) {
    List<CompletableFuture<SendResult>> sends =
        messages.stream().map(producer::sendAsync).toList(); // Each has its own result.
    return sends.stream().map(CompletableFuture::join).toList();
  }

  // @end

  // @start region="order"
  static void sendInOrder(Producer producer, String topic, String order, List<String> steps) {
    for (String step : steps) {
      Message message = Message.builder(topic, step).shardingKey(order).build();
      SendResult unused = producer.send(message, QueueSelector.hash()); // Waits for each.
    }
  }

  // @end

  // @start region="transaction"
  static Producer payments(ClientOptions client, String group, Set<String> paid) {
    Producer producer =
        Producer.create(
            ProducerOptions.builder(client, group)
                .sendTimeout(Duration.ofSeconds(30))
                // Asked for transactions that nobody has ended, also those of other processes.
                .checker(
                    half ->
                        paid.contains(half.keys().getFirst())
                            ? TransactionOutcome.COMMIT
                            : TransactionOutcome.ROLLBACK)
                .build());
    producer.start();
    return producer;
  }

  static TransactionResult pay(Producer producer, String topic, String order, Set<String> paid) {
    Message message = Message.builder(topic, "paid: " + order).tag("payments").key(order).build();
    return producer.sendInTransaction(
        message,
        (sent, half) -> {
          paid.add(order); // The application's own transaction.
          return TransactionOutcome.COMMIT;
        });
  }

  // @end

  // @start region="consumer"
  static PushConsumer consume(
      ClientOptions client, String group, String topic, Queue<String> received) {
    PushConsumer consumer =
        PushConsumer.create(
            PushConsumerOptions.builder(client, group)
                .subscribe(topic, FilterExpression.tags("drinks || payments"))
                .startFrom(StartFrom.first())
                .handler(
                    message -> { // On a virtual thread; may block. What it throws is a retry.
                      String body = new String(message.bodyBytes(), StandardCharsets.UTF_8);
                      received.add(body);
                      return ConsumeResult.success();
                    })
                .build());
    consumer.start();
    return consumer;
  }

  // @end

  // @start region="ordered"
  static PushConsumer consumeInOrder(
      ClientOptions client, String group, String topic, Queue<String> received) {
    PushConsumer consumer =
        PushConsumer.create(
            PushConsumerOptions.builder(client, group)
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .orderedPause(Duration.ofMillis(100))
                .maxReconsumeTimes(16)
                .orderedHandler(
                    message -> {
                      String step = new String(message.bodyBytes(), StandardCharsets.UTF_8);
                      if (step.startsWith("fragile") && message.attempt() == 1) {
                        return ConsumeResult.retry(); // Nothing of its queue overtakes it.
                      }
                      received.add(message.shardingKey().orElse("") + ' ' + step);
                      return ConsumeResult.success();
                    })
                .build());
    consumer.start();
    return consumer;
  }

  // @end

  // @start region="pull"
  static List<String> pull(ClientOptions client, String group, String topic, int count) {
    PullConsumerOptions options =
        PullConsumerOptions.builder(client, group)
            .subscribe(topic)
            .startFrom(StartFrom.first())
            .autoCommit(false)
            .build();
    List<String> bodies = new ArrayList<>();
    try (PullConsumer consumer = PullConsumer.create(options)) {
      consumer.start();
      while (bodies.size() < count) {
        for (ReceivedMessage message : consumer.poll(Duration.ofSeconds(1))) {
          bodies.add(new String(message.bodyBytes(), StandardCharsets.UTF_8));
        }
        consumer.commit(); // All that was polled is dealt with.
      }
    }
    return bodies;
  }

  // @end

  // @start region="replay"
  static List<ReceivedMessage> replay(
      ClientOptions client, String group, String topic, Instant since) {
    PullConsumerOptions options =
        PullConsumerOptions.builder(client, group).autoCommit(false).build();
    List<ReceivedMessage> found = new ArrayList<>();
    try (PullConsumer consumer = PullConsumer.create(options)) {
      consumer.start();
      consumer.assign(consumer.queues(topic));
      Map<MessageQueue, Long> ends = new HashMap<>();
      for (MessageQueue queue : consumer.assignment()) {
        consumer.seekToTime(queue, since);
        ends.put(queue, consumer.endOffset(queue));
      }
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        found.addAll(consumer.poll(Duration.ofMillis(100)));
      }
    }
    return found;
  }

  // @end

  // @start region="pullAsync"
  static CompletableFuture<List<String>> pullAsync(
      PullConsumer consumer, List<String> bodies, int count) {
    return consumer
        .async()
        .poll(Duration.ofSeconds(30))
        .thenCompose(
            messages -> { // On a virtual thread; the next poll says that these are dealt with.
              for (ReceivedMessage message : messages) {
                bodies.add(new String(message.bodyBytes(), StandardCharsets.UTF_8));
              }
              return bodies.size() < count
                  ? pullAsync(consumer, bodies, count)
                  : consumer.async().commit().thenApply(done -> bodies);
            });
  }

  // @end

  // @start region="pop"
  static List<String> pop(ClientOptions client, String group, String topic, int count) {
    PopConsumerOptions options =
        PopConsumerOptions.builder(client, group)
            .subscribe(topic, FilterExpression.tags("drinks"))
            .startFrom(StartFrom.first())
            .invisible(Duration.ofSeconds(30))
            .build();
    List<String> bodies = new ArrayList<>();
    try (PopConsumer consumer = PopConsumer.create(options)) {
      consumer.start();
      while (bodies.size() < count) {
        for (Delivery delivery : consumer.receive(16, Duration.ofSeconds(10))) {
          String body = new String(delivery.message().bodyBytes(), StandardCharsets.UTF_8);
          if (body.startsWith("one") && delivery.message().attempt() == 1) {
            delivery.changeInvisible(Duration.ofSeconds(1)); // Comes again soon.
          } else {
            bodies.add(body);
            delivery.ack(); // Does not come again.
          }
        }
      }
    }
    return bodies;
  }

  // @end

  // @start region="admin"
  static Map<MessageQueue, Long> again(ClientOptions client, String topic, String group) {
    try (Admin admin = Admin.create(client)) {
      admin.start();
      admin.createTopic(TopicSettings.of(topic, 4)); // On every broker; changes one that is there.
      admin.createGroup(GroupSettings.of(group).withRetries(3, RetryPolicy.USUAL));

      long behind = admin.progress(group).lag();
      if (behind == 0) {
        return Map.of();
      }
      // Has the group consume again what was stored in the last hour; or, without waiting:
      // admin.async().resetOffsets(...), which gives a future.
      return admin.resetOffsets(group, topic, Instant.now().minus(Duration.ofHours(1)));
    }
  }

  // @end
}
