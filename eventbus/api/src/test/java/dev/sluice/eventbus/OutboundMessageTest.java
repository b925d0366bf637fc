package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboundMessageTest {

  private static final byte[] BODY = {1, 2, 3};

  @Test
  void whatIsInBoundsIsTaken() {
    var headers = new HashMap<String, String>();
    for (int i = 0; i < 63; i++) {
      headers.put("h" + i, "");
    }
    headers.put("X-a.b_c" + "x".repeat(121), "ü".repeat(4096));

    new OutboundMessage("a:b", new byte[OutboundMessage.MAX_BODY_BYTES], headers).checkBounds();
    OutboundMessage.of(new byte[0]).checkBounds();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice-x, v, headers: sluice-x",
    "Sluice-X, v, headers: Sluice-X",
    "a b, v, headers: a b",
    "a:b, v, headers: a:b",
    "a/b, v, headers: a/b",
    "'', v, headers: ",
    "a, 'v\nw', headers.a: ",
  })
  void aHeaderOutOfBoundsIsRefused(String name, String value, String message) {
    assertThatThrownBy(() -> new OutboundMessage(null, BODY, Map.of(name, value)).checkBounds())
        .isInstanceOf(EventBusException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void soAreKeysBodiesAndTooManyHeaders() {
    assertThatThrownBy(() -> OutboundMessage.of("a b", BODY).checkBounds())
        .hasMessageStartingWith("key: a b");
    assertThatThrownBy(() -> OutboundMessage.of("", BODY).checkBounds())
        .hasMessageStartingWith("key: ");
    assertThatThrownBy(() -> OutboundMessage.of(new byte[(16 << 20) + 1]).checkBounds())
        .hasMessageStartingWith("body: 16777217 bytes");
    var headers = new HashMap<String, String>();
    for (int i = 0; i < 65; i++) {
      headers.put("h" + i, "");
    }
    assertThatThrownBy(() -> new OutboundMessage(null, BODY, headers).checkBounds())
        .hasMessageStartingWith("headers: 65");
  }

  @Test
  void equalityIsByContent() {
    assertThat(OutboundMessage.of("k", BODY)).isEqualTo(OutboundMessage.of("k", BODY.clone()));
    assertThat(OutboundMessage.of("k", BODY)).isNotEqualTo(OutboundMessage.of(BODY));
    assertThat(OutboundMessage.of("k", BODY)).isNotEqualTo(OutboundMessage.of("k", new byte[3]));
  }
}
