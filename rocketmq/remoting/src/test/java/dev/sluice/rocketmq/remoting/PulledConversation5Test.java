package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.rocketmq.requests.SendReply;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PulledConversation5Test extends PulledConversationContract {
  PulledConversation5Test() {
    super(RocketMQVersion.V5);
  }

  @Override
  long committedNothing() {
    return Offsets.NONE;
  }

  @Test
  void aMessageForATimeIsSent() {
    TopicQueue queue = fixture.route(fixture.newTopic("timed", 1)).writable(0);
    String soon = Long.toString(System.currentTimeMillis() + 3_600_000);

    SendReply sent = send(queue, ClientFixture.message("later", Map.of("TIMER_DELIVER_MS", soon)));

    assertThat(sent.status()).isEqualTo(SendReply.Status.STORED);
    assertThat(sent.recallHandle()).isNotNull();
  }
}
