package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.rocketmq.requests.MessageProperties;
import dev.sluice.rocketmq.requests.SendBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundEncodingTest {
  private static final long BORN_AT = 1_700_000_000_000L;

  @Test
  void everythingThatAMessageSaysIsAProperty() {
    var message =
        message("t", List.of("k1", "k2"), "s", Map.of("a", "b"), "1.2.3.4:5", Schedule.NOW);

    assertThat(encoded(message, BORN_AT))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "UNIQ_KEY", "ID",
                "TAGS", "t",
                "KEYS", "k1 k2",
                "__SHARDINGKEY", "s",
                "__BORNHOST", "1.2.3.4:5",
                "a", "b"));
  }

  @Test
  void whatAMessageLeavesOutIsLeftOut() {
    assertThat(encoded(message(null, List.of(), null, Map.of(), "", Schedule.NOW), BORN_AT))
        .containsExactlyEntriesOf(Map.of("UNIQ_KEY", "ID"));
    assertThat(encoded(message("", List.of(), "", Map.of(), "", Schedule.NOW), BORN_AT))
        .containsExactlyEntriesOf(Map.of("UNIQ_KEY", "ID"));
  }

  @Test
  void bornTimeIsAPropertyOnlyWhereTheRequestSaysAnother() {
    var message = message(null, List.of(), null, Map.of(), "", Schedule.NOW);
    assertThat(encoded(message, BORN_AT)).doesNotContainKey("BORN_TIMESTAMP");
    assertThat(encoded(message, BORN_AT + 1)).containsEntry("BORN_TIMESTAMP", "" + BORN_AT);
  }

  @Test
  void schedulesAreProperties() {
    assertThat(encoded(scheduled(new Schedule.Level(18)), BORN_AT)).containsEntry("DELAY", "18");
    assertThat(encoded(scheduled(new Schedule.At(4711)), BORN_AT))
        .containsEntry("TIMER_DELIVER_MS", "4711");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 19})
  void delayLevelsThatDoNotExistAreRefused(int level) {
    assertRefused(
        scheduled(new Schedule.Level(level)),
        GatewayException.Subject.DELIVERY_TIME,
        "delay level: " + level + " (expected: 1 to 18)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TAGS", "KEYS", "UNIQ_KEY", "TRAN_MSG", "POP_CK", "__RMQ.TRANSIENT.X"})
  void reservedNamesAreRefused(String name) {
    assertRefused(
        message(null, List.of(), null, Map.of(name, "x"), "", Schedule.NOW),
        GatewayException.Subject.PROPERTIES,
        "property name: '" + name + "' (expected: not empty, and none of RocketMQ's own)");
  }

  @Test
  void separatorsCannotBeSmuggledInAnywhere() {
    String evil = "x\u0002TRAN_MSG\u0001true";
    for (OutboundMessage message :
        List.of(
            message(evil, List.of(), null, Map.of(), "", Schedule.NOW),
            message(null, List.of("k", evil), null, Map.of(), "", Schedule.NOW),
            message(null, List.of(), evil, Map.of(), "", Schedule.NOW),
            message(null, List.of(), null, Map.of("a", evil), "", Schedule.NOW),
            message(null, List.of(), null, Map.of(evil, "a"), "", Schedule.NOW),
            message(null, List.of(), null, Map.of(), evil, Schedule.NOW))) {
      assertThatThrownBy(() -> OutboundEncoding.member(message, "ID", BORN_AT))
          .isInstanceOf(GatewayException.class)
          .hasMessageContaining("(expected: text without U+0001 and U+0002)");
    }
    var harmless = message(null, List.of(), null, Map.of(), "", Schedule.NOW);
    assertThatThrownBy(() -> OutboundEncoding.member(harmless, evil, BORN_AT))
        .isInstanceOf(GatewayException.class);
  }

  @Test
  void propertiesThatTheStoreCannotHoldAreRefused() {
    var message = message(null, List.of(), null, Map.of("a", "x".repeat(33_000)), "", Schedule.NOW);
    assertThatThrownBy(() -> OutboundEncoding.member(message, "ID", BORN_AT))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> {
              assertThat(e.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
              assertThat(e.subject()).isEqualTo(GatewayException.Subject.PROPERTIES);
            });
  }

  @Test
  void sizeInABatchIsNeverBelowWhatItTakes() {
    for (OutboundMessage message :
        List.of(
            message(null, List.of(), null, Map.of(), "", Schedule.NOW),
            message("t\u00e9", List.of("\u4e2d"), "s", Map.of("a\u4e2d", "b"), "h", Schedule.NOW),
            message("\ud83d\ude00", List.of("k", "l"), null, Map.of("p", ""), "h", Schedule.NOW))) {
      SendBatch.Member member =
          OutboundEncoding.member(message, "0".repeat(34), message.bornAt() + 1);
      assertThat(OutboundEncoding.sizeInBatch(message))
          .isGreaterThanOrEqualTo(member.encodedSize());
    }
  }

  private static void assertRefused(
      OutboundMessage message, GatewayException.Subject subject, String text) {
    assertThatThrownBy(() -> OutboundEncoding.member(message, "ID", BORN_AT))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> {
              assertThat(e.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
              assertThat(e.subject()).isEqualTo(subject);
              assertThat(e.getMessage()).isEqualTo(text);
            });
  }

  private static Map<String, String> encoded(OutboundMessage message, long requestBornAt) {
    return MessageProperties.decode(
        OutboundEncoding.member(message, "ID", requestBornAt).properties());
  }

  private static OutboundMessage scheduled(Schedule schedule) {
    return message(null, List.of(), null, Map.of(), "", schedule);
  }

  private static OutboundMessage message(
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey,
      Map<String, String> properties,
      String bornHost,
      Schedule schedule) {
    return new OutboundMessage(
        "topic",
        null,
        ByteBuffer.wrap(new byte[10]).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        tag,
        keys,
        shardingKey,
        properties,
        BORN_AT,
        bornHost,
        schedule);
  }
}
