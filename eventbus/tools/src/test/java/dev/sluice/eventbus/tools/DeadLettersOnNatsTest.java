package dev.sluice.eventbus.tools;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.NatsOptions;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The commands on NATS JetStream. */
class DeadLettersOnNatsTest extends DeadLettersContract {
  private static final Pattern MEMBER = Pattern.compile("^member ", Pattern.MULTILINE);

  @SuppressWarnings("NullAway.Init") // Set before the tests.
  private static NatsEngine engine;

  @BeforeAll
  static void start(@TempDir Path directory) {
    engine = NatsEngine.start(NatsEngineOptions.in(directory));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  @Override
  protected String address() {
    return engine.url();
  }

  @Override
  protected EventBus member(BusOptions options) {
    return EventBus.nats(NatsOptions.of(options, engine.url()));
  }

  /** As the group's record has them. */
  @Override
  protected int members(String group) throws Exception {
    return ask(
        connection -> {
          if (!connection.keyValueManagement().getBucketNames().contains("sluice-groups")) {
            return 0;
          }
          KeyValueEntry entry = connection.keyValue("sluice-groups").get(group);
          byte[] record = entry == null ? null : entry.getValue();
          String text = record == null ? "" : new String(record, StandardCharsets.UTF_8);
          return (int) MEMBER.matcher(text).results().count();
        });
  }

  /** Consumers of the dead-letter topic. */
  @Override
  protected List<String> leftBehind(BusOptions options) throws Exception {
    String topic = options.deadLetterTopic(options.topics().getFirst());
    String stream = "sluice-topic-" + topic.replace('.', '=');
    return ask(
        connection -> {
          JetStreamManagement management = connection.jetStreamManagement();
          return management.getStreamNames().contains(stream)
              ? management.getConsumers(stream).stream().map(ConsumerInfo::getName).toList()
              : List.of();
        });
  }

  private interface Question<T> {
    T ask(Connection connection) throws IOException, JetStreamApiException;
  }

  private static <T> T ask(Question<T> question)
      throws IOException, JetStreamApiException, InterruptedException {
    Connection connection = Nats.connect(engine.url());
    try {
      return question.ask(connection);
    } finally {
      connection.close();
    }
  }
}
