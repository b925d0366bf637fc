package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.EventBusException.Category;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaOptionsTest {
  private static final BusOptions BUS = BusOptions.of("group", "topic");
  private static final KafkaOptions OPTIONS = KafkaOptions.of(BUS, "one:9092,two:9092");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acks",
        "allow.auto.create.topics",
        "auto.offset.reset",
        "bootstrap.servers",
        "delivery.timeout.ms",
        "enable.auto.commit",
        "enable.idempotence",
        "group.id",
        "group.instance.id",
        "group.protocol",
        "key.serializer",
        "max.block.ms",
        "max.in.flight.requests.per.connection",
        "partition.assignment.strategy",
        "partitioner.class",
        "partitioner.ignore.keys",
        "retries",
        "transactional.id",
        "value.deserializer"
      })
  void propertiesThatPromisesRestOnAreRefusedByName(String name) {
    assertThatThrownBy(() -> OPTIONS.property(name, "the-secret"))
        .isInstanceOfSatisfying(
            EventBusException.class,
            e -> assertThat(e.category()).isEqualTo(Category.INVALID_ARGUMENT))
        .hasMessageStartingWith("properties: " + name + " cannot be set (instead: ")
        .hasMessageNotContaining("the-secret");
  }

  @Test
  void valuesOfPropertiesAreNotPrinted() {
    KafkaOptions options = OPTIONS.property("sasl.jaas.config", "password=\"the-secret\"");
    assertThat(options.toString()).contains("sasl.jaas.config").doesNotContain("the-secret");
    assertThat(options.properties()).containsEntry("sasl.jaas.config", "password=\"the-secret\"");
  }

  @Test
  void badValuesAreNamedWithWhatWasExpected() {
    assertRefused(
        options -> KafkaOptions.of(BUS, "one"),
        "bootstrapServers: one (expected: host:port, separated by commas)");
    assertRefused(
        options -> options.commitInterval(Duration.ZERO),
        "commitInterval: PT0S (expected: PT0.01S to PT1H)");
    assertRefused(options -> options.instanceId("a b"), "instanceId: a b (expected: 1 to 60");
    assertRefused(options -> options.newTopics(0, 1), "partitions: 0 (expected: 1 to 100000)");
    assertRefused(options -> options.newTopics(1, 0), "replicas: 0 (expected: 1 to 1000, or -1)");
  }

  @Test
  void withoutItsArtifactABusOverKafkaSaysWhichIsMissing() {
    assertThatThrownBy(() -> EventBus.kafka(OPTIONS)).hasMessageContaining("sluice-eventbus-kafka");
  }

  private static void assertRefused(Function<KafkaOptions, KafkaOptions> change, String message) {
    assertThatThrownBy(() -> change.apply(OPTIONS))
        .isInstanceOf(EventBusException.class)
        .hasMessageStartingWith(message);
  }
}
