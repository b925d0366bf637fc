package dev.sluice.eventbus.tools;

import dev.sluice.engines.KafkaEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;

/** The broker that the tests of this module share. It ends with their process. */
final class KafkaBroker {
  private static final KafkaEngine ENGINE = start();

  private KafkaBroker() {}

  private static KafkaEngine start() {
    try {
      return KafkaEngine.in(Files.createTempDirectory("kafka-engine")).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String servers() {
    return ENGINE.bootstrapServers();
  }

  static List<String> groups() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      return admin.listGroups().all().get().stream().map(GroupListing::groupId).toList();
    }
  }

  static int members(String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .mapToInt(found -> found.members().size())
          .sum();
    }
  }
}
