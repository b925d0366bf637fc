package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.EventBusException.Category;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EnvelopeTest {

  private static final byte[] PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);

  private static Envelope sound() {
    return Envelope.of("order:1", "order.placed", 1, PAYLOAD);
  }

  @Test
  void whatTheLibraryMakesHasAnIdOfVersion7AndTheTime() {
    Envelope envelope = sound();

    assertThat(UUID.fromString(envelope.eventId()).version()).isEqualTo(7);
    assertThat(envelope.timestamp()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(sound().eventId()).isGreaterThan(envelope.eventId());
  }

  @Test
  void equalityIsByContentThePayloadIncluded() {
    Envelope one = sound();
    Envelope same =
        new Envelope(
            one.eventId(),
            one.aggregateId(),
            one.eventType(),
            one.eventVersion(),
            one.timestamp(),
            null,
            null,
            null,
            null,
            PAYLOAD.clone());

    assertThat(same).isEqualTo(one).hasSameHashCodeAs(one);
    assertThat(one.traceId("t")).isNotEqualTo(one);
    assertThat(one.correlationId("t")).isNotEqualTo(one);
    assertThat(one.tenantId("t")).isNotEqualTo(one);
    assertThat(one.contentType("a/b")).isNotEqualTo(one);
    assertThat(one.timestamp(Instant.EPOCH)).isNotEqualTo(one);
    assertThat(one.eventId(UUID.randomUUID().toString())).isNotEqualTo(one);
    assertThat(
            Envelope.of("order:1", "order.placed", 1, new byte[1])
                .eventId(one.eventId())
                .timestamp(one.timestamp()))
        .isNotEqualTo(one);
  }

  @Test
  void whatIsShownInLogsHasNoPayload() {
    assertThat(Envelope.of("a", "t", 1, "secret".getBytes(StandardCharsets.UTF_8)).toString())
        .doesNotContain("secret")
        .contains("6 bytes");
  }

  static Stream<Arguments> unsound() {
    String longest = "x".repeat(257);
    return Stream.of(
        field("aggregateId", () -> Envelope.of("", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("a b", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("a@b", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("a;b", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("a[b", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("ä", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of("a,b", "t", 1, PAYLOAD)),
        field("aggregateId", () -> Envelope.of(longest, "t", 1, PAYLOAD)),
        field("eventType", () -> Envelope.of("a", "", 1, PAYLOAD)),
        field("eventType", () -> Envelope.of("a", longest, 1, PAYLOAD)),
        field("eventType", () -> Envelope.of("a", "two\nlines", 1, PAYLOAD)),
        field("eventType", () -> Envelope.of("a", "half \uD83D", 1, PAYLOAD)),
        field("eventType", () -> Envelope.of("a", "half \uDE00 pair", 1, PAYLOAD)),
        field("eventVersion", () -> Envelope.of("a", "t", 0, PAYLOAD)),
        field("eventVersion", () -> Envelope.of("a", "t", -5, PAYLOAD)),
        field("eventId", () -> sound().eventId("1")),
        field("eventId", () -> sound().eventId("00000000-0000-0000-0000-00000000000g")),
        field("timestamp", () -> sound().timestamp(Instant.parse("+10000-01-01T00:00:00Z"))),
        field("timestamp", () -> sound().timestamp(Instant.parse("0000-12-31T23:59:59Z"))),
        field("traceId", () -> sound().traceId("")),
        field("correlationId", () -> sound().correlationId("\u0000")),
        field("tenantId", () -> sound().tenantId(longest)),
        field("contentType", () -> sound().contentType("json")),
        field("contentType", () -> sound().contentType("a/b\r\nX: y")),
        field("payload", () -> Envelope.of("a", "t", 1, new byte[(8 << 20) + 1])));
  }

  private static Arguments field(String name, Supplier<Envelope> made) {
    return Arguments.of(name, made);
  }

  @ParameterizedTest
  @MethodSource("unsound")
  void whatIsOutOfBoundsIsRefusedNamingTheField(String field, Supplier<Envelope> made) {
    assertThatThrownBy(made::get)
        .isInstanceOf(EventBusException.class)
        .hasMessageStartingWith(field + ": ")
        .hasMessageContaining("(expected: ")
        .extracting(failure -> ((EventBusException) failure).category())
        .isEqualTo(Category.INVALID_ARGUMENT);
  }

  @Test
  void whatIsJustInBoundsIsTaken() {
    String key = "AZaz09:_-./" + "x".repeat(245);
    Envelope envelope =
        Envelope.of(key, "é".repeat(256), Long.MAX_VALUE, new byte[8 << 20])
            .traceId("\uD83D\uDE00")
            .contentType("application/vnd.api+json; charset=utf-8")
            .timestamp(Instant.parse("9999-12-31T23:59:59.999999999Z"));

    assertThat(envelope.aggregateId()).hasSize(256);
  }

  @Test
  void aLongValueIsNotRepeatedInWhole() {
    assertThatThrownBy(() -> Envelope.of("a b".repeat(10_000), "t", 1, PAYLOAD))
        .hasMessageStartingWith("aggregateId: a ba b")
        .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(500));
  }
}
