package dev.sluice.eventbus.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.NatsOptions.Storage;
import dev.sluice.eventbus.core.LeakContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;

/** Nothing is left here, and nothing grows on the server. */
class LeakTest extends LeakContract {
  private static final int PARTITIONS = 3;

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    NatsOptions nats =
        NatsOptions.of(options, NatsServer.shared().url())
            .newTopics(PARTITIONS, 1, Storage.FILE, Duration.ZERO);
    return new NatsTransport(nats, ledger);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  @Override
  protected void checkServer(String group, List<String> topics) throws Exception {
    assertThat(ledger().open(Link.LEDGER_KIND)).isZero();
    var server = new ServerView(new NatsNames("sluice", group), NatsServer.shared().url());
    for (String topic : topics) {
      assertThat(server.consumers(topic)).hasSize(PARTITIONS);
    }
  }
}
