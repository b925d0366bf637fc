package dev.sluice.eventbus;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a bus uses Kafka. Needs {@code sluice-eventbus-kafka} on the class path.
 *
 * @param bus what it is, over any broker
 * @param bootstrapServers brokers to begin with, {@code host:port}, separated by commas
 * @param properties of Kafka's clients, by their names, such as {@code security.protocol}; each is
 *     given to the clients that have it. Those that a promise of the bus rests on are refused by
 *     name.
 * @param instanceId makes this a static member of its group: it may restart within the session
 *     timeout without a rebalance. No two members may have the same. Null for a dynamic member.
 * @param commitInterval how often it is committed how far the group is; 10 ms to an hour. After a
 *     crash what was handled since comes again.
 * @param assignment how partitions change hands; all members of a group must be of the same
 * @param newTopics what becomes of declared and dead-letter topics that do not exist; null where
 *     that is an error
 */
public record KafkaOptions(
    BusOptions bus,
    String bootstrapServers,
    Map<String, String> properties,
    @Nullable String instanceId,
    Duration commitInterval,
    Assignment assignment,
    @Nullable NewTopics newTopics)
    implements TransportOptions {

  /** How partitions change hands when members of a group come and go. */
  public enum Assignment {
    /** Those that move are taken away; the others go on. */
    COOPERATIVE,
    /** All are taken away and given anew, handlers that run are interrupted; as Kafka's default. */
    EAGER
  }

  /**
   * How topics are made that do not exist.
   *
   * @param partitions of each, 1 to 100,000
   * @param replicas of each partition, 1 to 1,000; -1 for the broker's default
   */
  public record NewTopics(int partitions, int replicas) {

    /** Checks the bounds. */
    public NewTopics {
      if (partitions < 1 || partitions > 100_000) {
        throw EventBusException.invalid("partitions", partitions, "1 to 100000");
      }
      if (replicas != -1 && (replicas < 1 || replicas > 1000)) {
        throw EventBusException.invalid("replicas", replicas, "1 to 1000, or -1");
      }
    }
  }

  private static final Pattern SERVERS =
      Pattern.compile("[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*");

  private static final Duration LEAST_INTERVAL = Duration.ofMillis(10);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  /** Each with the reason that the error gives. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "bootstrapServers"),
          Map.entry("group.id", "the group of BusOptions"),
          Map.entry("group.instance.id", "instanceId"),
          Map.entry("group.protocol", "assignment"),
          Map.entry("group.remote.assignor", "assignment"),
          Map.entry("partition.assignment.strategy", "assignment"),
          Map.entry("enable.auto.commit", "nothing: only what is resolved is committed"),
          Map.entry("auto.commit.interval.ms", "commitInterval"),
          Map.entry("auto.offset.reset", "nothing: a group begins with the oldest message"),
          Map.entry("allow.auto.create.topics", "newTopics"),
          Map.entry("key.serializer", "nothing: keys are text"),
          Map.entry("value.serializer", "nothing: bodies are bytes"),
          Map.entry("key.deserializer", "nothing: keys are text"),
          Map.entry("value.deserializer", "nothing: bodies are bytes"),
          Map.entry("acks", "nothing: all replicas acknowledge"),
          Map.entry("enable.idempotence", "nothing: it is on, for order"),
          Map.entry("max.in.flight.requests.per.connection", "nothing: 1, for order"),
          Map.entry("retries", "publishTimeout"),
          Map.entry("delivery.timeout.ms", "publishTimeout"),
          Map.entry("max.block.ms", "nothing: publishing never blocks"),
          Map.entry("transactional.id", "nothing: there are no transactions"),
          Map.entry("transaction.timeout.ms", "nothing: there are no transactions"),
          Map.entry("transaction.two.phase.commit.enable", "nothing: there are no transactions"),
          Map.entry("partitioner.class", "nothing: the key decides, for order"),
          Map.entry("partitioner.ignore.keys", "nothing: the key decides, for order"));

  /** Checks the bounds. */
  public KafkaOptions {
    Objects.requireNonNull(bus, "bus");
    Objects.requireNonNull(bootstrapServers, "bootstrapServers");
    Objects.requireNonNull(commitInterval, "commitInterval");
    Objects.requireNonNull(assignment, "assignment");
    properties = Map.copyOf(properties);
    if (!SERVERS.matcher(bootstrapServers).matches() && !bootstrapServers.contains("[")) {
      throw EventBusException.invalid(
          "bootstrapServers", bootstrapServers, "host:port, separated by commas");
    }
    for (String name : new TreeSet<>(properties.keySet())) {
      String instead = REFUSED.get(name);
      if (instead != null) {
        // Without the value, which of a property may be a secret.
        throw EventBusException.of(
            EventBusException.Category.INVALID_ARGUMENT,
            "properties: " + name + " cannot be set (instead: " + instead + ')');
      }
    }
    if (instanceId != null) {
      BusOptions.checkName("instanceId", instanceId);
    }
    if (commitInterval.compareTo(LEAST_INTERVAL) < 0
        || commitInterval.compareTo(LONGEST_INTERVAL) > 0) {
      throw EventBusException.invalid(
          "commitInterval", commitInterval, LEAST_INTERVAL + " to " + LONGEST_INTERVAL);
    }
  }

  /** These brokers; a dynamic member, cooperative, commits every second, makes no topics. */
  public static KafkaOptions of(BusOptions bus, String bootstrapServers) {
    return new KafkaOptions(
        bus, bootstrapServers, Map.of(), null, Duration.ofSeconds(1), Assignment.COOPERATIVE, null);
  }

  /** With this property of Kafka's clients besides. */
  public KafkaOptions property(String name, String value) {
    Map<String, String> more = new TreeMap<>(properties);
    more.put(name, value);
    return new KafkaOptions(
        bus, bootstrapServers, more, instanceId, commitInterval, assignment, newTopics);
  }

  /** As this static member. */
  public KafkaOptions instanceId(String id) {
    return new KafkaOptions(
        bus, bootstrapServers, properties, id, commitInterval, assignment, newTopics);
  }

  /** Committing so often. */
  public KafkaOptions commitInterval(Duration interval) {
    return new KafkaOptions(
        bus, bootstrapServers, properties, instanceId, interval, assignment, newTopics);
  }

  /** Changing partitions this way. */
  public KafkaOptions assignment(Assignment how) {
    return new KafkaOptions(
        bus, bootstrapServers, properties, instanceId, commitInterval, how, newTopics);
  }

  /** Making topics that do not exist, so. */
  public KafkaOptions newTopics(int partitions, int replicas) {
    return new KafkaOptions(
        bus,
        bootstrapServers,
        properties,
        instanceId,
        commitInterval,
        assignment,
        new NewTopics(partitions, replicas));
  }

  @Override
  public String artifact() {
    return "sluice-eventbus-kafka";
  }

  /** Without the values of the properties, some of which are secrets. */
  @Override
  public String toString() {
    return "KafkaOptions[%s, %s, properties %s, instanceId %s, commitInterval %s, %s, %s]"
        .formatted(
            bus,
            bootstrapServers,
            new TreeSet<>(properties.keySet()),
            instanceId,
            commitInterval,
            assignment,
            newTopics == null ? "makes no topics" : newTopics);
  }
}
