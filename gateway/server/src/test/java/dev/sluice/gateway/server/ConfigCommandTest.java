package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
  private static final String KEY = "0123456789abcdef".repeat(4);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void itTellsEveryValueAndWhereItCameFrom() throws Exception {
    // given
    Path file =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            """
            flush-interval: 5ms
            cluster-key: %s
            """
                .formatted(KEY));

    // when
    int code = run("config", "--profile", "low-latency", "--config", file.toString());

    // then
    assertThat(code).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .containsPattern("(?m)^PROFILE +low-latency +--profile$")
        .containsPattern("(?m)^BATCH_SIZE +10 +the profile low-latency$")
        .containsPattern("(?m)^FLUSH_INTERVAL +5ms +the file " + file + "$")
        .containsPattern("(?m)^CLUSTER_KEY +\\(set, not shown\\) +the file " + file + "$")
        .containsPattern("(?m)^DEBUG_TOKEN +\\(empty\\) +the default$")
        .contains("with one connection to each broker")
        .doesNotContain(KEY);
    for (Setting setting : Setting.values()) {
      assertThat(out.toString()).containsPattern("(?m)^" + setting + " ");
    }
  }

  @Test
  void itTellsTheSameToPrograms() throws Exception {
    // when
    int code = run("config", "--json", "--grpc-port", "7");

    // then
    assertThat(code).isZero();
    assertThat(fieldsOf(out.toString()))
        .containsExactly(Stream.of(Setting.values()).map(Setting::name).toArray(String[]::new));
    assertThat(out.toString().replaceAll("\\s", ""))
        .contains("\"GRPC_PORT\":{\"value\":\"7\",\"source\":\"flag\",\"from\":\"--grpc-port\"}")
        .contains("\"CLUSTER_KEY\":{\"value\":null,\"set\":false,\"source\":\"default\"");
  }

  @Test
  void whatServeWouldRefuseIsRefusedInTheSameWords() {
    // when
    int code = run("config", "--grpc-port", "70000", "--upstream", "a:b");

    // then
    assertThat(code).isEqualTo(ExitCodes.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains("sluice: GRPC_PORT: 70000 (expected: 0 to 65535; from --grpc-port)")
        .contains("sluice: UPSTREAM: a:b (expected: host:port");
  }

  private static List<String> fieldsOf(String json) throws IOException {
    List<String> fields = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        fields.add(parser.currentName());
        parser.nextToken();
        parser.skipChildren();
      }
    }
    return fields;
  }

  private int run(String... arguments) {
    return Sluice.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
