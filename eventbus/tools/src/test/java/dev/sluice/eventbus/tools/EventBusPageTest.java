package dev.sluice.eventbus.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/event-bus.md work as written, in the order written, on a broker. */
class EventBusPageTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  private static final Pattern BLOCKS = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final String EXPORT = "export ";

  @TempDir private Path folder;

  @Test
  void itsCommandsWorkAsWritten() throws IOException {
    KafkaOptions options =
        KafkaOptions.of(BusOptions.of("shop", "orders"), KafkaBroker.servers()).newTopics(1, 1);
    Map<String, String> environment = new HashMap<>();
    List<String> told = new ArrayList<>();
    try (Shop shop = new Shop(EventBus.kafka(options))) {
      byte[] body = "{\"total\": 12.50}".getBytes(UTF_8);
      shop.fail(OutboundMessage.of("order:4711", body), OutboundMessage.of("order:4712", body));
      shop.mend();

      for (String line : commands()) {
        if (line.startsWith(EXPORT)) {
          String[] variable = line.substring(EXPORT.length()).split("=", 2);
          environment.put(
              variable[0], variable[1].replace("127.0.0.1:9092", KafkaBroker.servers()));
        } else {
          told.add(Ran.command(environment, words(line)).assertWell().out());
        }
      }
      shop.awaitHandled(2);
      assertThat(folder.resolve("order.json")).hasBinaryContent(body);
    }
    assertThat(told).hasSizeGreaterThan(5);
    assertThat(told.getFirst()).contains("orders-shop-dlq-0@0", "order:4712");
    assertThat(told.getLast()).isEqualTo("Replayed 1; 0 left.\n");
  }

  private static List<String> commands() throws IOException {
    return BLOCKS
        .matcher(Files.readString(ROOT.resolve("docs/event-bus.md")))
        .results()
        .flatMap(block -> block.group(1).lines())
        .toList();
  }

  /** The arguments of {@code ./sluice}, with files in a folder of this test. */
  private List<String> words(String line) {
    assertThat(line).startsWith("./sluice dead-letters ");
    return Arrays.stream(line.split(" "))
        .skip(1)
        .map(word -> word.endsWith(".json") ? folder.resolve(word).toString() : word)
        .toList();
  }
}
