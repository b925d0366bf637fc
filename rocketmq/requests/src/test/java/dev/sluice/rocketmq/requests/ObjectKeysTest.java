package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps with objects for keys become JSON, and all else stays. */
class ObjectKeysTest {
  private static String quoted(String json) {
    ByteBuffer bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
    return StandardCharsets.UTF_8.decode(ObjectKeys.quoted(bytes)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " -> ",
      value = {
        "{\"t\":{{\"q\":0}:1,{\"q\":1}:2}} -> {\"t\":{\"{\\\"q\\\":0}\":1,\"{\\\"q\\\":1}\":2}}",
        "{{\"a\":\"}\"}:{\"b\":{\"c\":1}}} -> {\"{\\\"a\\\":\\\"}\\\"}\":{\"b\":{\"c\":1}}}",
        "{ {\"a\\\\\":1} : [ {\"b\":1}, {\"c\":2} ] } -> "
            + "{ \"{\\\"a\\\\\\\\\\\":1}\" : [ {\"b\":1}, {\"c\":2} ] }",
        "{} -> {}",
        "{\"a\":[],\"b\":{}} -> {\"a\":[],\"b\":{}}",
        "{0:\"x\",\"{\":\"{{\"} -> {0:\"x\",\"{\":\"{{\"}"
      },
      quoteCharacter = '`')
  void onlyKeysAreQuoted(String in, String out) {
    assertThat(quoted(in)).isEqualTo(out);
  }

  @Test
  void queuesAreReadFromThem() {
    var answer =
        RemotingCommand.response(
            0,
            1,
            null,
            Fields.empty(),
            ByteBuffer.wrap(
                ("{\"offsetTable\":{{\"brokerName\":\"b\",\"queueId\":3,\"topic\":\"t\"}:"
                        + "{\"lastUpdateTimestamp\":9,\"maxOffset\":7,\"minOffset\":5}},"
                        + "\"topicPutTps\":0.5}")
                    .getBytes(StandardCharsets.UTF_8)));

    assertThat(new TopicStatus.Get("t").read(answer).queues())
        .containsExactly(
            Map.entry(new QueueLocks.Queue("t", "b", 3), new TopicStatus.Range(5, 7, 9)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"}", "{{\"a\":1", "{{\"a\":{}}:1}", "{\"a", "{{[1]:2}}"})
  void whatDoesNotMatchIsRefused(String in) {
    assertThatThrownBy(() -> quoted(in)).isInstanceOf(WireException.class);
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> quoted("[".repeat(65))).isInstanceOf(WireException.class);
  }
}
