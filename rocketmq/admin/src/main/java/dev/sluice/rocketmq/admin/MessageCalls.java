package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.FindMessages;
import dev.sluice.rocketmq.requests.OffsetMessageId;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What is asked about messages. */
final class MessageCalls {
  private static final int MOST = 1_000;

  private final Requests requests;

  MessageCalls(Requests requests) {
    this.requests = requests;
  }

  /** Only brokers of the topic are asked: where an id says that its broker is, anyone may write. */
  CompletableFuture<ReceivedMessage> byId(String topic, String offsetMessageId) {
    String wrapped = requests.wrap(topic);
    long position;
    try {
      position = OffsetMessageId.commitLogOffset(offsetMessageId);
    } catch (WireException e) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid(
              "offsetMessageId", offsetMessageId, "32 or 56 hexadecimal characters"));
    }
    return requests
        .route(wrapped)
        .thenCompose(route -> byId(topic, wrapped, route, offsetMessageId, position));
  }

  private CompletableFuture<ReceivedMessage> byId(
      String topic, String wrapped, Route route, String id, long position) {
    List<CompletableFuture<ReceivedMessage>> asked = new ArrayList<>();
    for (Broker broker : route.brokers()) {
      asked.add(
          requests
              .read(
                  Requests.there(broker.name(), broker.reader()),
                  new FindMessages.At(wrapped, position))
              .thenApply(
                  found -> {
                    if (!found.offsetMessageId().equalsIgnoreCase(id)) {
                      throw notThere(id);
                    }
                    return received(found, topic, broker.name());
                  }));
    }
    return firstOf(asked, id);
  }

  /** The one that is found; ids name one broker. */
  private static CompletableFuture<ReceivedMessage> firstOf(
      List<CompletableFuture<ReceivedMessage>> asked, String id) {
    return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
        .handle(
            (done, failure) ->
                asked.stream()
                    .filter(each -> !each.isCompletedExceptionally())
                    .findFirst()
                    .orElseThrow(() -> notThere(id))
                    .join());
  }

  private static RocketMQException notThere(String id) {
    return RocketMQException.of(
        RocketMQException.Category.NOT_FOUND,
        "message: " + id + " (expected: one that a broker of the topic has)");
  }

  CompletableFuture<List<ReceivedMessage>> byKey(String topic, String key, int most) {
    if (key.isEmpty() || most < 1 || most > MOST) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid(
              "key and most", "'" + key + "', " + most, "a key, and 1 to " + MOST));
    }
    String wrapped = requests.wrap(topic);
    return requests
        .route(wrapped)
        .thenCompose(
            route ->
                Requests.all(
                    route.brokers().stream()
                        .map(broker -> byKey(topic, wrapped, broker, key, most))
                        .toList()))
        .thenApply(
            parts ->
                parts.stream()
                    .flatMap(List::stream)
                    .sorted(Comparator.comparingLong(found -> found.stored().storeTimestamp()))
                    .limit(most)
                    .toList());
  }

  /** Unique ids are looked for by themselves, as they are no keys on all brokers. */
  private CompletableFuture<List<ReceivedMessage>> byKey(
      String topic, String wrapped, Broker broker, String key, int most) {
    Endpoint address = Requests.there(broker.name(), broker.reader());
    return requests
        .read(address, new FindMessages.ByKey(wrapped, key, false, most, 0, Long.MAX_VALUE))
        .thenCombine(
            requests.read(
                address, new FindMessages.ByKey(wrapped, key, true, most, 0, Long.MAX_VALUE)),
            (keyed, unique) -> {
              List<StoredMessage> all = new ArrayList<>(keyed);
              for (StoredMessage each : unique) {
                if (all.stream()
                    .noneMatch(other -> other.commitLogOffset() == each.commitLogOffset())) {
                  all.add(each);
                }
              }
              return all.stream()
                  .filter(found -> has(found, key))
                  .map(found -> received(found, topic, broker.name()))
                  .toList();
            });
  }

  private static boolean has(StoredMessage message, String key) {
    String keys = message.property(PropertyNames.KEYS);
    return message.messageId().equals(key)
        || (keys != null && Arrays.asList(keys.split(" ", -1)).contains(key));
  }

  private static ReceivedMessage received(StoredMessage message, String topic, String broker) {
    return ReceivedMessage.of(message, topic, broker, message.reconsumeTimes() + 1);
  }
}
