package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.KafkaOptions.NewTopics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether topics exist, and makes them where that is wanted. Asks with a client of its own,
 * which is there for the moment only.
 */
final class Topics {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Map<String, Object> properties;
  private final @Nullable NewTopics newTopics;
  private final ChildThreads threads;

  /** Topics being made, or refused by the broker; removed when made, and bounded by the lanes. */
  private final ConcurrentMap<String, Making> making = new ConcurrentHashMap<>();

  private final Set<String> missing = ConcurrentHashMap.newKeySet();

  private sealed interface Making {}

  private record UnderWay() implements Making {}

  private record Refused(EventBusException why, long at) implements Making {}

  Topics(Map<String, Object> properties, @Nullable NewTopics newTopics, ChildThreads threads) {
    this.properties = properties;
    this.newTopics = newTopics;
    this.threads = threads;
  }

  /** The declared topics that did not exist when it was last looked. */
  Set<String> missing() {
    return new TreeSet<>(missing);
  }

  /**
   * Looks for the declared topics, and makes those that are missing where that is wanted. Blocks.
   *
   * @return false if the broker cannot be reached, and it is to be tried again
   */
  boolean declare(Collection<String> declared) {
    if (declared.isEmpty()) {
      return true;
    }
    try (var admin = new OpenAdmin(properties)) {
      for (Map.Entry<String, ? extends KafkaFuture<?>> each :
          admin.client().describeTopics(declared).topicNameValues().entrySet()) {
        if (exists(each.getValue()) || makeNow(admin.client(), each.getKey())) {
          missing.remove(each.getKey());
        } else if (missing.add(each.getKey())) {
          LOG.warn("a declared {}", Failures.noTopic(each.getKey()).getMessage());
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | RuntimeException e) {
      LOG.info("the declared topics cannot be looked up: {}", Failures.describe(e));
      // Who may not look may still be allowed to consume.
      return !(Failures.cause(e) instanceof RetriableException);
    }
  }

  /** Looks again for those that were missing, in the background. */
  void lookAgain() {
    if (!missing.isEmpty()) {
      var unused = threads.start("topics", () -> declare(missing()));
    }
  }

  private static boolean exists(KafkaFuture<?> described)
      throws InterruptedException, ExecutionException {
    try {
      described.get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  private boolean makeNow(Admin admin, String topic)
      throws InterruptedException, ExecutionException {
    if (newTopics == null) {
      return false;
    }
    try {
      admin
          .createTopics(
              List.of(new NewTopic(topic, newTopics.partitions(), (short) newTopics.replicas())))
          .all()
          .get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
    return true;
  }

  /**
   * Begins to make a topic, if it is not being made.
   *
   * @return why it cannot be made; null if it may come to be, or nobody wants it made
   */
  @Nullable EventBusException make(String topic) {
    if (newTopics == null) {
      return null;
    }
    var begun = new UnderWay();
    Making before = making.putIfAbsent(topic, begun);
    if (before instanceof Refused refused) {
      if (System.nanoTime() - refused.at() > RETRY.toNanos()) {
        making.remove(topic, refused);
      }
      return refused.why();
    }
    if (before == null && !threads.start("new topic", () -> make(topic, begun))) {
      making.remove(topic, begun);
    }
    return null;
  }

  private void make(String topic, Making begun) {
    try (var admin = new OpenAdmin(properties)) {
      makeNow(admin.client(), topic);
      making.remove(topic, begun);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      making.remove(topic, begun);
    } catch (ExecutionException | RuntimeException e) {
      LOG.warn("topic {} cannot be made: {}", topic, Failures.describe(e));
      making.replace(topic, begun, new Refused(Failures.asked(topic, e), System.nanoTime()));
    }
  }

  /** An administrator's client that is closed without waiting for what it asked. */
  private static final class OpenAdmin implements AutoCloseable {
    private final Admin client;

    OpenAdmin(Map<String, Object> properties) {
      this.client = Admin.create(properties);
    }

    Admin client() {
      return client;
    }

    @Override
    public void close() {
      client.close(Duration.ZERO);
    }
  }
}
