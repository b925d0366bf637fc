package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import java.util.Comparator;
import java.util.List;

/**
 * What runs on a cluster's brokers, as they told when the upstream started; the oldest where they
 * differ.
 *
 * @param major 4, or 5 and later
 * @param number as people write it, e.g. {@code 4.9.7}
 */
record BrokerRelease(int major, String number) {
  private static final int CLASSIC = 4;

  /** Until it is known: what can do everything. */
  static final BrokerRelease NOT_ASKED = new BrokerRelease(CLASSIC + 1, "");

  /**
   * The release of these brokers.
   *
   * @param brokers one at least
   * @throws GatewayException FAILED_PRECONDITION where one is too old, does not tell, or hands out
   *     messages in another way than another
   */
  static BrokerRelease of(List<BrokerInfo> brokers) {
    BrokerInfo oldest =
        brokers.stream()
            .min(
                Comparator.comparingInt(BrokerInfo::majorVersion)
                    .thenComparing(BrokerInfo::version))
            .orElseThrow();
    if (oldest.majorVersion() < CLASSIC) {
      throw refused(
          at(oldest)
              + " (expected: RocketMQ 5.0.0 or later, whose brokers hand out messages by pop, or"
              + " 4.x)");
    }
    for (BrokerInfo broker : brokers) {
      if (broker.canPop() != oldest.canPop()) {
        throw refused(
            at(oldest)
                + ", and "
                + at(broker)
                + " (expected: 4.x on all of a cluster's brokers, or 5.0.0 and later on all, as"
                + " the two hand out messages in different ways)");
      }
    }
    return new BrokerRelease(oldest.majorVersion(), readable(oldest.version()));
  }

  /** Whether messages are handed out to the members of classic groups only: there is no pop. */
  boolean classic() {
    return major == CLASSIC;
  }

  /** For people. */
  String named() {
    return "RocketMQ " + number;
  }

  /** The refusal of what this release cannot do. */
  GatewayException cannot(Subject subject, String what, String expected) {
    return new GatewayException(
        ErrorCategory.UNSUPPORTED,
        subject,
        what + ": the brokers run " + named() + " (expected: " + expected + ")");
  }

  private static GatewayException refused(String found) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION, Subject.ENDPOINT, "upstream: " + found);
  }

  private static String at(BrokerInfo broker) {
    return "broker '"
        + broker.name()
        + "' at "
        + broker.endpoint()
        + " runs RocketMQ "
        + readable(broker.version());
  }

  /** {@code V5_5_0} as people write it. */
  private static String readable(String version) {
    if (version.isEmpty()) {
      return "of a version that it does not tell";
    }
    String digits = version.startsWith("V") ? version.substring(1) : version;
    return digits.replace('_', '.');
  }
}
