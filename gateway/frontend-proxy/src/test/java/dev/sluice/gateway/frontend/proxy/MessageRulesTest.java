package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parts of a message may be, at their limits and beyond. */
class MessageRulesTest {

  @Test
  void aBodyMayHaveFourMebibytesAndNoByteMore() {
    assertThatCode(() -> MessageRules.body("message_body", 4_194_304)).doesNotThrowAnyException();
    assertRefused(
        () -> MessageRules.body("message_body", 4_194_305),
        "message_body: 4194305 bytes (expected: at most 4194304)");
  }

  @Test
  void anEmptyBodyIsRefused() {
    assertRefused(
        () -> MessageRules.body("message_body", 0),
        "message_body: empty (expected: 1 to 4194304 bytes)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a||b", " a", "a ", "a\tb", "a\u0001b", "\u007f", "\u0085"})
  void tagsThatNoExpressionCouldNameAreRefused(String tag) {
    assertThatThrownBy(() -> MessageRules.tag(tag))
        .isInstanceOf(GatewayException.class)
        .hasMessageStartingWith("tag: \"")
        .hasMessageContaining("expected: at most 255 characters");
  }

  @Test
  void aTagMayBeAnyOtherTextAndNoTagIsNull() {
    assertThat(MessageRules.tag("order created ✓")).isEqualTo("order created ✓");
    assertThat(MessageRules.tag("t".repeat(255))).hasSize(255);
    assertThat(MessageRules.tag("")).isNull();
    assertThatThrownBy(() -> MessageRules.tag("t".repeat(256)))
        .hasMessageContaining("…\" (256 characters)");
  }

  @Test
  void aMessageKeyWithSpacesIsSeveralKeys() {
    assertThat(MessageRules.keys("")).isEmpty();
    assertThat(MessageRules.keys("  ")).isEmpty();
    assertThat(MessageRules.keys("ORDER_1")).containsExactly("ORDER_1");
    assertThat(MessageRules.keys(" a  b c ")).containsExactly("a", "b", "c");
    assertRefused(
        () -> MessageRules.keys("a\nb"),
        "properties.message_key: \"a\\u000ab\" (expected: no control characters)");
  }

  @Test
  void aShardingKeyHasItsLimits() {
    assertThat(MessageRules.shardingKey("sharding_key", "")).isNull();
    assertThat(MessageRules.shardingKey("sharding_key", "k".repeat(1024))).hasSize(1024);
    assertThatThrownBy(() -> MessageRules.shardingKey("sharding_key", "k".repeat(1025)))
        .hasMessageStartingWith("sharding_key: \"kkk")
        .hasMessageContaining("expected: at most 1024 characters");
    assertThatThrownBy(() -> MessageRules.shardingKey("sharding_key", "a\u0002"))
        .hasMessageContaining("without control characters");
  }

  @Test
  void thereMayBe128Properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    for (int i = 0; i < 128; i++) {
      properties.put("p" + i, "v");
    }
    assertThatCode(() -> MessageRules.properties(properties, "", "")).doesNotThrowAnyException();

    properties.put("p128", "v");

    assertRefused(
        () -> MessageRules.properties(properties, "", ""),
        "properties.properties: 129 entries (expected: at most 128)");
  }

  @Test
  void propertiesTagAndKeyTogetherMayHave16KibibytesOfUtf8() {
    // given 2 bytes for each of the characters, and 4 for names, tag and key
    Map<String, String> full = Map.of("n", "é".repeat(8190));

    assertThatCode(() -> MessageRules.properties(full, "t", "kk")).doesNotThrowAnyException();
    assertRefused(
        () -> MessageRules.properties(full, "t", "kkk"),
        "properties: 16385 bytes with tag and message key (expected: at most 16384)");
  }

  @ParameterizedTest
  @CsvSource({"KEYS, message_key", "__SHARDINGKEY, sharding_key"})
  void namesThatReceiversFindOtherThingsUnderAreRefused(String name, String field) {
    assertRefused(
        () -> MessageRules.properties(Map.of(name, "x"), "", ""),
        "properties.properties: name \""
            + name
            + "\" is reserved (expected: properties."
            + field
            + " instead)");
  }

  @Test
  void controlCharactersAreRefusedButLayoutInValuesIsFine() {
    assertThatCode(() -> MessageRules.properties(Map.of("json", "{\n\t\"a\": 1\r\n}"), "", ""))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> MessageRules.properties(Map.of("n", "a\u0001b"), "", ""))
        .hasMessageContaining("value of \"n\" has a control character");
    assertThatThrownBy(() -> MessageRules.properties(Map.of("n\n", "a"), "", ""))
        .hasMessageContaining("name \"n\\u000a\" (expected: not empty, without control");
    assertThatThrownBy(() -> MessageRules.properties(Map.of("", "a"), "", ""))
        .hasMessageContaining("name \"\" (expected: not empty");
  }

  @ParameterizedTest
  @CsvSource({
    "'', *",
    "'  ', *",
    "*, *",
    "a, a",
    "' a ', a",
    "b||a, a||b",
    "a || b || a, a||b",
  })
  void equalExpressionsGiveEqualFilters(String expression, String normal) {
    assertThat(MessageRules.filter(expression)).isEqualTo(new Filter(Filter.Type.TAG, normal));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a||", "||a", "a||||b", "a||*", "||", "|", "a\u0001"})
  void brokenExpressionsAreRefused(String expression) {
    assertRefused(
        () -> MessageRules.filter(expression),
        "tag_expression: "
            + MessageRules.shown(expression)
            + " (expected: \"*\", or tags separated by \"||\")");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(GatewayException.class)
        .hasMessage(message)
        .extracting(e -> ((GatewayException) e).category())
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
  }
}
