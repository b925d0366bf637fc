package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final List<Verdict> VERDICTS =
      List.of(
          new Verdict("p99", "at most 20 ms", "8.1 ms", true),
          new Verdict("rate", "at least 4000/s", "500/s", false));

  @Test
  void theTableIsForPeople() {
    assertThat(lines(TextReport.of(Results.sent(), Results.GATEWAY, List.of())))
        .containsExactly(
            "send: topic load at localhost:50051, 100 in flight, 4 connections, 256 bytes each",
            "2.0 s measured after 3 s of warm-up",
            "",
            "messages              1,000   500/s, 0.1 MB/s",
            "failed                    0",
            "",
            "milliseconds       p50       p90       p99     p99.9       max      mean",
            "send             500.2     900.2     990.4     999.3   1,000.3     500.5");
  }

  @Test
  void theTableTellsOfTheDeliveryOfFailuresAndOfThresholds() {
    assertThat(lines(TextReport.of(Results.delivered(), Results.GATEWAY, VERDICTS)))
        .startsWith(
            "send-receive: topic load at localhost:50051, 500 due each second, 4 connections, 256"
                + " bytes each")
        .anyMatch(line -> line.startsWith("delivery "))
        .anyMatch(line -> line.startsWith("begun late "))
        .contains(
            "failed                    3",
            "failed: receive NOT_DELIVERED, 1 times; first: not there before the end",
            "p99                  8.1 ms   at most 20 ms: met",
            "rate                  500/s   at least 4000/s: MISSED");
  }

  @Test
  void theTableOfNothingSaysSo() {
    assertThat(lines(TextReport.of(Results.nothing(), Results.GATEWAY, List.of())))
        .contains("0.0 s measured after 3 s of warm-up; ended early", "send              none");
  }

  @Test
  void theObjectIsForPrograms() throws IOException {
    Map<String, String> values =
        values(JsonReport.of(Results.delivered(), Results.GATEWAY, VERDICTS));

    assertThat(values)
        .containsEntry("/gateway", Results.GATEWAY)
        .containsEntry("/mode", "send-receive")
        .containsEntry("/rate", "500.0")
        .containsEntry("/connections", "4")
        .containsEntry("/ended_early", "false")
        .containsEntry("/messages", "1000")
        .containsEntry("/messages_per_second", "500.0")
        .containsEntry("/failed", "3")
        .containsEntry("/send_ms/count", "1000")
        .containsEntry("/delivery_ms/count", "1000")
        .containsEntry("/begun_late_ms/count", "11")
        .containsEntry("/failures/0/code", "OVERLOADED")
        .containsEntry("/failures/0/first", "too much <&\"\u0001> at once")
        .containsEntry("/thresholds/1/met", "false")
        .containsEntry("/course/1/at_seconds", "2.0")
        .containsEntry("/course/0/failed", "1")
        .doesNotContainKey("/concurrency");
    assertThat(Double.parseDouble(values.getOrDefault("/send_ms/p99", ""))).isBetween(990.0, 991.0);
    assertThat(Double.parseDouble(values.getOrDefault("/delivery_ms/max", "")))
        .isBetween(2000.0, 2002.0);
  }

  @Test
  void theObjectHasNoLatenciesWhereThereAreNone() throws IOException {
    assertThat(values(JsonReport.of(Results.nothing(), Results.GATEWAY, List.of())))
        .containsEntry("/ended_early", "true")
        .containsEntry("/concurrency", "1")
        .noneSatisfy((name, value) -> assertThat(name).contains("_ms"));
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }

  /** The values of an object that is on one line, each by its path. */
  private static Map<String, String> values(String text) throws IOException {
    assertThat(text).doesNotContain("\n");
    Map<String, String> values = new HashMap<>();
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken().isScalarValue()) {
          values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
        tokens.add(parser.currentToken().name());
      }
    }
    assertThat(tokens).startsWith(JsonToken.START_OBJECT.name());
    return values;
  }
}
