package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.TransactionCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages of transactions; guarded by the cluster's lock. As careless as some real systems are:
 * what is committed twice is delivered twice, also after a rollback.
 */
final class MemoryTransactions {

  private static final Duration USUAL_TIME = Duration.ofSeconds(2);
  private static final int MOST_CHECKS = 15;

  /** One message, also after its end. */
  private static final class Half {
    final MemoryTopic topic;
    final OutboundMessage message;
    final String id;
    final String note;
    boolean open = true;
    long nextCheckAt;
    int checks;

    Half(MemoryTopic topic, OutboundMessage message, String id, String note, long nextCheckAt) {
      this.topic = topic;
      this.message = message;
      this.id = id;
      this.note = note;
      this.nextCheckAt = nextCheckAt;
    }

    boolean isAskedFor() {
      return open && checks < MOST_CHECKS;
    }
  }

  private final Map<String, Half> halves = new LinkedHashMap<>();

  void begin(
      String handle,
      MemoryTopic topic,
      OutboundMessage message,
      String id,
      String note,
      Duration checkAfter,
      long now) {
    Duration time = checkAfter.isZero() ? USUAL_TIME : checkAfter;
    halves.put(handle, new Half(topic, message, id, note, now + time.toMillis()));
  }

  void end(String handle, Resolution resolution, long now) {
    Half half = halves.get(handle);
    if (half == null) {
      throw GatewayException.notFound(
          Subject.TRANSACTION, "transaction: " + handle + " (expected: one that was begun)");
    }
    switch (resolution) {
      case COMMIT -> {
        half.open = false;
        String key = half.message.shardingKey();
        int queue = key == null ? half.topic.nextQueue() : half.topic.queueOf(key);
        half.topic.store(half.message, half.id, queue, now);
      }
      case ROLLBACK -> half.open = false;
      case UNKNOWN -> {}
    }
  }

  /** What is to be asked now; it is asked again later. */
  List<TransactionCheck> due(long now) {
    var due = new ArrayList<TransactionCheck>();
    halves.forEach(
        (handle, half) -> {
          if (half.isAskedFor() && half.nextCheckAt <= now) {
            half.checks++;
            half.nextCheckAt = now + USUAL_TIME.toMillis();
            due.add(new TransactionCheck(handle, identified(half), half.note));
          }
        });
    return due;
  }

  private static OutboundMessage identified(Half half) {
    OutboundMessage sent = half.message;
    return new OutboundMessage(
        sent.topic(),
        half.id,
        sent.body(),
        sent.encoding(),
        sent.tag(),
        sent.keys(),
        sent.shardingKey(),
        sent.properties(),
        sent.bornAt(),
        sent.bornHost(),
        sent.schedule(),
        sent.priority());
  }

  /** When the next is to be asked, or the largest long. */
  long nextCheck() {
    return halves.values().stream()
        .filter(Half::isAskedFor)
        .mapToLong(half -> half.nextCheckAt)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  int open() {
    return (int) halves.values().stream().filter(half -> half.open).count();
  }
}
