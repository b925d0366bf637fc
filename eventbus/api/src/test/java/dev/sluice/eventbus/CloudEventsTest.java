package dev.sluice.eventbus;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Seeds;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventsTest {

  private static final String ID = "0199c3a8-5f5e-7abc-8def-0123456789ab";

  private static Envelope envelope(String payload) {
    return Envelope.json("order:1", "order.placed", 3, payload.getBytes(UTF_8))
        .eventId(ID)
        .timestamp(Instant.parse("2026-11-27T12:00:00.123456789Z"));
  }

  private static String written(Envelope envelope) {
    return new String(CloudEvents.write(envelope, "urn:test"), UTF_8);
  }

  private static String foreign(String attributes) {
    return "{\"specversion\":\"1.0\",\"id\":\""
        + ID
        + "\",\"source\":\"/x\",\"type\":\"t\",\"subject\":\"s\","
        + "\"time\":\"2026-11-27T13:00:00.5+01:00\",\"eventversion\":2"
        + attributes
        + "}";
  }

  @Test
  void anEnvelopeIsWrittenAsThePageSays() {
    Envelope full =
        envelope("{\"total\": 12.50}").traceId("trace").correlationId("cart").tenantId("shop");

    assertThat(written(full))
        .isEqualTo(
            "{\"specversion\":\"1.0\",\"id\":\"0199c3a8-5f5e-7abc-8def-0123456789ab\","
                + "\"source\":\"urn:test\",\"type\":\"order.placed\",\"subject\":\"order:1\","
                + "\"time\":\"2026-11-27T12:00:00.123456789Z\",\"eventversion\":3,"
                + "\"traceid\":\"trace\",\"correlationid\":\"cart\",\"tenantid\":\"shop\","
                + "\"datacontenttype\":\"application/json\",\"data\":{\"total\": 12.50}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": [1, 2.50, -0e3, true, null, \"\\u00fc \\\\ é 😀\"]}",
        "[ ]",
        "\"text\"",
        "\"\"",
        "12.500",
        "0",
        "-7",
        "true",
        "false",
        "{\"id\":{\"data\":\"}\"}}"
      })
  void jsonIsShownAsItIsAndReadBackByteForByte(String payload) {
    Envelope envelope = envelope(payload);

    assertThat(written(envelope)).endsWith(",\"data\":" + payload + "}");
    assertThat(CloudEvents.read(CloudEvents.write(envelope, "s"))).isEqualTo(envelope);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} ",
        "\n{}",
        "{}{}",
        "1 2",
        "{",
        "null",
        "nul",
        "{'a':1}",
        "[1,]",
        "\u0000",
        "\uFEFF{}",
        "01"
      })
  void whatOnlySaysThatItIsJsonIsInBase64(String payload) {
    Envelope envelope = envelope(payload);

    assertThat(written(envelope))
        .endsWith(
            ",\"data_base64\":\""
                + Base64.getEncoder().encodeToString(payload.getBytes(UTF_8))
                + "\"}");
    assertThat(CloudEvents.read(CloudEvents.write(envelope, "s"))).isEqualTo(envelope);
  }

  @Test
  void soIsJsonThatSaysNothingOfItself() {
    assertThat(written(envelope("{}").contentType(null))).endsWith(",\"data_base64\":\"e30=\"}");
    assertThat(written(envelope("{}").contentType("text/plain"))).contains("data_base64");
    assertThat(written(envelope("{}").contentType("Application/Problem+JSON; charset=utf-8")))
        .endsWith("\"data\":{}}");
  }

  @Test
  void anEmptyPayloadIsNoData() {
    assertThat(written(envelope(""))).doesNotContain("\"data\"", "data_base64");
    assertThat(CloudEvents.read(CloudEvents.write(envelope(""), "s"))).isEqualTo(envelope(""));
  }

  @Test
  void whatIsNestedTooDeeplyToBeReadIsInBase64() {
    for (int depth : new int[] {10, 980, 995, 1000, 2000}) {
      Envelope deep = envelope("[".repeat(depth) + "]".repeat(depth));
      assertThat(CloudEvents.read(CloudEvents.write(deep, "s"))).isEqualTo(deep);
    }
  }

  @Test
  void anyEnvelopeIsReadBackEqual() {
    Seeds.forAll(300, CloudEventsTest::check);
  }

  private static void check(Seeds seeds) {
    byte[] payload =
        switch (seeds.between(0, 3)) {
          case 0 -> seeds.bytesUpTo(2000);
          case 1 -> ('"' + seeds.word(50) + '"').getBytes(UTF_8);
          case 2 -> Long.toString(seeds.anyLong()).getBytes(UTF_8);
          default -> seeds.stringUpTo(40).getBytes(UTF_8);
        };
    Envelope envelope =
        Envelope.of(seeds.word(256), seeds.word(20) + " ü 世", seeds.between(1L, 1L << 40), payload)
            .timestamp(Instant.ofEpochSecond(seeds.between(0L, 1L << 35), seeds.between(0, 999)))
            .contentType(seeds.chance(50) ? "application/json" : null)
            .tenantId(seeds.chance(50) ? seeds.word(256) : null);

    assertThat(CloudEvents.read(CloudEvents.write(envelope, "urn:x"))).isEqualTo(envelope);
  }

  @Test
  void versionsBeyond32BitsAreText() {
    Envelope large = Envelope.of("a", "t", 1L << 31, new byte[0]);

    assertThat(written(large)).contains("\"eventversion\":\"2147483648\"");
    assertThat(CloudEvents.read(CloudEvents.write(large, "s"))).isEqualTo(large);
  }

  @Test
  void eventsOfOthersAreReadAndWhatIsUnknownPassedOver() {
    String event =
        foreign(
            ",\"traceparent\":\"00-x\",\"Odd\":{\"deep\":[1,{}]},\"dataschema\":null,"
                + "\"data\" : { \"a\" : 1 } ");

    Envelope read = CloudEvents.read((" \n" + event + "\n").getBytes(UTF_8));

    assertThat(read.aggregateId()).isEqualTo("s");
    assertThat(read.timestamp()).isEqualTo(Instant.parse("2026-11-27T12:00:00.5Z"));
    assertThat(read.eventVersion()).isEqualTo(2);
    assertThat(read.contentType()).isEqualTo("application/json");
    assertThat(new String(read.payload(), UTF_8)).isEqualTo("{ \"a\" : 1 }");
  }

  @Test
  void dataThatIsTextIsTheText() {
    String event = foreign(",\"data\":\"a\\nß\",\"datacontenttype\":\"text/plain\"");

    assertThat(new String(CloudEvents.read(event.getBytes(UTF_8)).payload(), UTF_8))
        .isEqualTo("a\nß");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`\"subject\":\"s\"`, `\"subject\":null`, subject: missing",
        "`\"subject\":\"s\"`, `\"subject\":\"a b\"`, aggregateId: a b",
        "`\"subject\":\"s\"`, `\"subject\":7`, subject: ",
        "`\"subject\":\"s\"`, `\"subject\":{}`, subject: ",
        "`\"subject\":\"s\"`, `\"subject\":\"s\",\"subject\":\"s\"`, subject: twice",
        "`\"type\":\"t\"`, `\"kind\":\"t\"`, type: missing",
        "`\"type\":\"t\"`, `\"type\":\"\"`, eventType: ",
        "`\"source\":\"/x\"`, `\"x\":1`, source: missing",
        "`\"source\":\"/x\"`, `\"source\":\"\"`, source: ",
        "`\"specversion\":\"1.0\"`, `\"specversion\":\"0.3\"`, specversion: 0.3",
        "`\"specversion\":\"1.0\"`, `\"x\":1`, specversion: missing",
        "`\"eventversion\":2`, `\"eventversion\":0`, eventVersion: 0",
        "`\"eventversion\":2`, `\"eventversion\":\"x\"`, eventversion: x",
        "`\"eventversion\":2`, `\"eventversion\":2.5`, eventversion: ",
        "`\"eventversion\":2`, `\"eventversion\":99999999999999999999`, eventversion: 9999",
        "`\"eventversion\":2`, `\"x\":2`, eventversion: missing",
        "`\"eventversion\":2`, `\"eventversion\":2,\"eventversion\":2`, eventversion: twice",
        "`\"eventversion\":2`, `\"eventversion\":2,\"time\":\"x\"`, time: twice",
        "`+01:00`, ``, time: 2026",
        "`\"id\":\"0199c3a8`, `\"id\":\"x`, eventId: x",
        "`\"eventversion\":2`, `\"eventversion\":2,\"data_base64\":\"*\"`, data_base64: ",
        "`\"eventversion\":2`, `\"eventversion\":2,\"data\":1,\"data\":1`, data: twice",
        "`\"eventversion\":2`, `\"eventversion\":2,\"data\":1,\"data_base64\":\"AA==\"`,"
            + " data_base64: beside",
        "`\"eventversion\":2`, `\"eventversion\":2,\"traceid\":\"\"`, traceId: ",
        "`\"eventversion\":2`, `\"eventversion\":2,`, event: ",
      })
  void whatIsNotValidIsRefusedNamingTheField(String from, String to, String message) {
    String event = foreign("");
    assertThat(event).contains(from);

    assertThatThrownBy(() -> CloudEvents.read(event.replace(from, to).getBytes(UTF_8)))
        .isInstanceOf(EventBusException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void soIsWhatIsNoJsonObjectInUtf8() {
    String event = foreign("");
    for (byte[] other :
        new byte[][] {
          {},
          {'{'},
          {'[', ']'},
          "7".getBytes(UTF_8),
          "not json".getBytes(UTF_8),
          (event + "x").getBytes(UTF_8),
          (event + event).getBytes(UTF_8),
          ("\uFEFF" + event).getBytes(UTF_8),
          event.getBytes(UTF_16LE),
          event.replace("\"s\"", "\"s\u0000\"").getBytes(UTF_8)
        }) {
      assertThatThrownBy(() -> CloudEvents.read(other))
          .isInstanceOf(EventBusException.class)
          .hasMessageStartingWith("event: ");
    }
  }

  @Test
  void bytesThatAreCutOrChangedNeverFailInAnotherWay() {
    byte[] sound = CloudEvents.write(envelope("{\"a\":[1,\"ü\"]}").tenantId("t"), "urn:x");
    Seeds.forAll(
        500,
        seeds -> {
          byte[] broken =
              seeds.chance(50)
                  ? java.util.Arrays.copyOf(sound, seeds.between(0, sound.length))
                  : sound.clone();
          if (broken.length > 0) {
            broken[seeds.between(0, broken.length - 1)] = (byte) seeds.anyInt();
          }
          try {
            CloudEvents.read(broken);
          } catch (EventBusException expected) {
            assertThat(expected.category()).isEqualTo(EventBusException.Category.INVALID_ARGUMENT);
          }
        });
  }
}
