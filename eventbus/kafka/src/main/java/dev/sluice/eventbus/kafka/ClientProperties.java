package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.KafkaOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka's clients are made with: our defaults, the caller's properties, our promises. */
final class ClientProperties {
  /** Of the time to publish, what the client may use: its verdict should come before the bus's. */
  private static final double DELIVERY_SHARE = 0.9;

  private static final long LEAST_BUFFER = 32L << 20;

  /** A producer that has not met its broker yet may take that long to close. */
  private static final long LONGEST_REQUEST_MILLIS = 10_000;

  /**
   * With more, a broker that does not know a producer yet, as of a new topic, may refuse its first
   * batch and take the second; it then refuses the first for ever (KAFKA-15591).
   */
  private static final String ONE_AT_A_TIME = "1";

  private final KafkaOptions options;

  ClientProperties(KafkaOptions options) {
    this.options = options;
    check(ConsumerConfig::new, member());
    check(ProducerConfig::new, producer());
    check(AdminClientConfig::new, admin());
    checkTimes(new ProducerConfig(producer()));
  }

  /** Kafka's producer says so only when it is made, and of properties that are not the caller's. */
  private void checkTimes(ProducerConfig producer) {
    int request = producer.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
    long linger = producer.getLong(ProducerConfig.LINGER_MS_CONFIG);
    int delivery = producer.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
    if (linger + request > delivery) {
      throw EventBusException.invalid(
          "properties: request.timeout.ms: " + request + ", linger.ms",
          linger,
          "both together at most %d, for a publishTimeout of %s"
              .formatted(delivery, options.bus().publishTimeout()));
    }
  }

  private static void check(Consumer<Map<String, Object>> config, Map<String, Object> properties) {
    try {
      config.accept(properties);
    } catch (ConfigException e) {
      // Kafka's message names the property and, where it is no secret, the value.
      throw EventBusException.of(Category.INVALID_ARGUMENT, "properties: " + e.getMessage(), e);
    }
  }

  /** Of the member of the group. */
  Map<String, Object> member() {
    Map<String, Object> properties = reader();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, options.bus().group());
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        switch (options.assignment()) {
          case COOPERATIVE -> CooperativeStickyAssignor.class.getName();
          case EAGER -> RangeAssignor.class.getName();
        });
    if (options.instanceId() != null) {
      properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, options.instanceId());
    }
    return properties;
  }

  /** Of who reads without a group. */
  Map<String, Object> reader() {
    Map<String, Object> properties = common();
    // A topic that is made later should be noticed soon.
    properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "30000");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(16 << 20));
    pass(properties, ConsumerConfig.configNames());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return properties;
  }

  Map<String, Object> producer() {
    long publishMillis = options.bus().publishTimeout().toMillis();
    long delivery = Math.max(2, (long) (publishMillis * DELIVERY_SHARE));
    Map<String, Object> properties = common();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    properties.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        Long.toString(Math.max(1, Math.min(LONGEST_REQUEST_MILLIS, delivery / 2))));
    properties.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        Long.toString(Math.max(LEAST_BUFFER, 2 * options.bus().maxPublishingBytes())));
    pass(properties, ProducerConfig.configNames());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, ONE_AT_A_TIME);
    properties.put(ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));
    properties.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        Long.toString(Math.min(Integer.MAX_VALUE, delivery)));
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return properties;
  }

  Map<String, Object> admin() {
    Map<String, Object> properties = common();
    pass(properties, AdminClientConfig.configNames());
    return properties;
  }

  private Map<String, Object> common() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", options.bootstrapServers());
    // Would be pushed once more at the end, which a broker that does not answer makes wait.
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  private void pass(Map<String, Object> properties, Set<String> known) {
    options
        .properties()
        .forEach(
            (name, value) -> {
              if (known.contains(name) || isOfAPlugin(name)) {
                properties.put(name, value);
              }
            });
  }

  /** What none of the clients knows is for a class that the caller plugs in. */
  private static boolean isOfAPlugin(String name) {
    return !ConsumerConfig.configNames().contains(name)
        && !ProducerConfig.configNames().contains(name)
        && !AdminClientConfig.configNames().contains(name);
  }
}
