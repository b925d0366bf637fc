package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.InboundMessage;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterHeadersTest {

  @Test
  void whatSomebodyElsePutThereIsOfTheTopicThatIsLookedAfterWhateverItSays() {
    Map<String, String> forged =
        Map.of("sluice-dead-letter-topic", "payments", "sluice-dead-letter-offset", "x", "a", "b");
    var stored =
        new InboundMessage("orders-shop-dlq", "p", 3, "k", new byte[1], forged, Instant.EPOCH, 1);

    DeadLetter letter = DeadLetterHeaders.read(stored, "orders");

    assertThat(letter.message().topic()).isEqualTo("orders");
    assertThat(letter.message().offset()).isEqualTo(-1);
    assertThat(letter.message().headers()).isEqualTo(Map.of("a", "b"));
    assertThat(letter.position()).isEqualTo("p@3");
  }
}
