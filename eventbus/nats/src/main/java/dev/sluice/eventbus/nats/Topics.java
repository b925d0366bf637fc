package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.NatsOptions;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of topics: made where they are missing, and asked how many partitions they have. */
final class Topics {
  /** Within which the server knows a message again that it has. */
  static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

  private final NatsOptions options;
  private final NatsNames names;
  // Bounded by the topics that the program uses; an entry leaves when its stream is missed.
  private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

  Topics(NatsOptions options, NatsNames names) {
    this.options = options;
    this.names = names;
  }

  /** How many partitions a topic has; null if that was not asked yet. */
  @Nullable Integer known(String topic) {
    return partitions.get(topic);
  }

  /** Has it asked again next time. */
  void forget(String topic) {
    partitions.remove(topic);
  }

  /**
   * Makes the topic's stream if there is none. Blocks.
   *
   * @return how many partitions it has
   * @throws EventBusException INVALID_ARGUMENT if a stream of that name is somebody else's
   */
  int ensure(String topic, JetStreamManagement management)
      throws IOException, JetStreamApiException {
    Integer before = partitions.get(topic);
    if (before != null) {
      return before;
    }
    int count = partitionsOf(topic, existingOrNew(topic, management));
    if (count != options.partitions()) {
      LOG.info(
          "topic {} has {} partitions, which stay (not {})", topic, count, options.partitions());
    }
    partitions.put(topic, count);
    return count;
  }

  private StreamConfiguration existingOrNew(String topic, JetStreamManagement management)
      throws IOException, JetStreamApiException {
    String stream = names.stream(topic);
    try {
      return management.getStreamInfo(stream).getConfiguration();
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.STREAM_NOT_FOUND) {
        throw e;
      }
    }
    try {
      return management.addStream(configuration(topic)).getConfiguration();
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.STREAM_NAME_EXISTS) {
        throw e;
      }
      // Another member was first, and has other options.
      return management.getStreamInfo(stream).getConfiguration();
    }
  }

  private StreamConfiguration configuration(String topic) {
    List<String> subjects = new ArrayList<>();
    for (int i = 0; i < options.partitions(); i++) {
      subjects.add(names.subject(new Part(topic, i)));
    }
    StreamConfiguration.Builder builder =
        StreamConfiguration.builder()
            .name(names.stream(topic))
            .description("topic " + topic + " of an event bus")
            .subjects(subjects)
            .retentionPolicy(RetentionPolicy.Limits)
            .discardPolicy(DiscardPolicy.Old)
            .storageType(
                options.storage() == NatsOptions.Storage.FILE
                    ? StorageType.File
                    : StorageType.Memory)
            .replicas(options.replicas())
            .duplicateWindow(DUPLICATE_WINDOW);
    if (!options.retention().isZero()) {
      builder.maxAge(options.retention());
    }
    return builder.build();
  }

  private int partitionsOf(String topic, StreamConfiguration found) {
    int count = found.getSubjects().size();
    HashSet<String> expected = new HashSet<>();
    for (int i = 0; i < count; i++) {
      expected.add(names.subject(new Part(topic, i)));
    }
    if (count == 0 || !expected.equals(new HashSet<>(found.getSubjects()))) {
      throw EventBusException.invalid(
          "stream " + names.stream(topic),
          found.getSubjects(),
          "the subjects of partitions, such as " + names.subject(new Part(topic, 0)));
    }
    return count;
  }
}
