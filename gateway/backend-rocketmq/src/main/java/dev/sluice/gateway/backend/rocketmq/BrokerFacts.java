package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.util.EnumSet;
import java.util.Set;

/**
 * What is known of a cluster's brokers from an upstream's start on.
 *
 * @param release what runs there
 * @param settings how they are configured, as far as it matters
 * @param createsTopics whether a send makes its topic
 */
record BrokerFacts(
    BrokerRelease release, AdminRequests.BrokerSettings.Answer settings, boolean createsTopics) {

  /** Until a start has found out. */
  static final BrokerFacts NOT_ASKED =
      new BrokerFacts(BrokerRelease.NOT_ASKED, AdminRequests.BrokerSettings.Answer.DEFAULT, false);

  /** What there is on brokers of 4.x, and what a topic without a type takes. */
  static final Set<MessageKind> WITHOUT_TYPE =
      Set.of(MessageKind.NORMAL, MessageKind.FIFO, MessageKind.DELAY, MessageKind.TRANSACTION);

  /** What callers can do with them. */
  Capabilities capabilities() {
    boolean classic = release.classic();
    return new Capabilities(
        release.named(),
        classic,
        !classic,
        settings.sqlFilters(),
        createsTopics,
        !settings.rejectsTransactions(),
        classic ? WITHOUT_TYPE : EnumSet.allOf(MessageKind.class),
        settings.maxMessageBytes(),
        settings.maxMessageBytes());
  }
}
