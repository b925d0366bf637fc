package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.rocketmq.wire.WireException;
import dev.sluice.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagePropertiesTest {
  @Test
  void areWrittenWithTheirSeparators() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("KEYS", "a b");
    properties.put("empty", "");

    assertThat(MessageProperties.encode(properties))
        .isEqualTo("KEYS\u0001a b\u0002empty\u0001\u0002");
    assertThat(MessageProperties.encode(Map.of())).isEmpty();
  }

  @Test
  void areReadAsTheyWereWritten() {
    Seeds.forAll(
        200,
        seeds -> {
          Map<String, String> properties = new LinkedHashMap<>();
          int count = seeds.between(0, 20);
          for (int i = 0; i < count; i++) {
            properties.put(seeds.word(8) + safe(seeds.stringUpTo(20)), safe(seeds.stringUpTo(100)));
          }

          Map<String, String> read = MessageProperties.decode(MessageProperties.encode(properties));

          assertThat(read.entrySet()).containsExactlyElementsOf(properties.entrySet());
        });
  }

  private static String safe(String text) {
    return text.replace('\u0001', '1').replace('\u0002', '2');
  }

  @Test
  void separatorsAreRefusedInNamesAndValues() {
    assertThatThrownBy(() -> MessageProperties.encode(Map.of("a", "x\u0002y")))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.INVALID_ARGUMENT))
        .hasMessage(
            "value of property \"a\": U+0002 at 1 (expected: neither U+0001 nor U+0002, which"
                + " separate properties)");
    assertThatThrownBy(() -> MessageProperties.encode(Map.of("a\u0001b", "x")))
        .hasMessageStartingWith("property name \"a.b\": U+0001 at 1");
    assertThatThrownBy(() -> MessageProperties.encode(Map.of("", "x")))
        .hasMessage("property name: empty (expected: at least 1 character)");
  }

  @Test
  void moreThanTheStoreCanHoldIsRefused() {
    String most = "\u00e4".repeat(16_382);

    assertThat(MessageProperties.encode(Map.of("a", most))).hasSize(16_385);
    assertThatThrownBy(() -> MessageProperties.encode(Map.of("ab", most)))
        .hasMessage("properties: 32768 bytes encoded (expected: at most 32767)");
  }

  @Test
  void brokenPiecesAreSkippedAndTheRestIsRead() {
    assertThat(
            MessageProperties.decode(
                "no name end\u0002\u0001no name\u0002\u0002a\u0001b\u0002c\u0001d"))
        .containsExactly(entry("a", "b"), entry("c", "d"));
    assertThat(MessageProperties.decode("a\u00011\u0002a\u00012\u0002"))
        .containsExactly(entry("a", "2"));
  }
}
