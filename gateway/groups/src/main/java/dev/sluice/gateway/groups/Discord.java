package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Peer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands against one party's agreement: those that ask for something else, and those that do
 * not answer. Counted and told of when it is new. Belongs to the party's loop.
 */
final class Discord {

  private static final Logger LOG = LoggerFactory.getLogger(Discord.class);

  private final Instance instance;
  private final GroupTopic key;
  private final Seldom refusals;
  private String difference = "";
  private List<Peer> silent = List.of();

  Discord(Instance instance, GroupTopic key, Seldom refusals) {
    this.instance = instance;
    this.key = key;
    this.refusals = refusals;
  }

  /** What a caller is told whose subscription differs. */
  static GatewayException refusal(GroupTopic key, Demand demand, Demand with) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.GROUP,
        "group: %s filter: %s (expected: as the group's other members ask for on %s, %s)"
            .formatted(key.group(), demand, key.topic(), with));
  }

  /** Whether some ask for something else, or may. */
  boolean isAny() {
    return !silent.isEmpty() || !difference.isEmpty();
  }

  /** A caller is refused; its refusal. */
  GatewayException refused(Demand demand, Demand with, String whose) {
    instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
    if (refusals.now()) {
      LOG.warn(
          "group {} on {}: a subscription was refused that asks for {}, since {} asks for {}",
          key.group(),
          key.topic(),
          demand,
          whose,
          with);
    }
    return refusal(key, demand, with);
  }

  /** Callers that were served are refused; the refusal. */
  GatewayException refusedForGood(Demand demand, Demand with) {
    instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
    return refusal(key, demand, with);
  }

  /**
   * Everybody was asked.
   *
   * @param found what differs; empty where nothing does
   */
  void compared(String found) {
    if (!found.isEmpty()) {
      differs(found);
    } else if (!difference.isEmpty()) {
      LOG.info("group {} on {}: all members ask for the same", key.group(), key.topic());
      difference = "";
    }
  }

  /** Others ask for something else, and everybody goes on. */
  void differs(String found) {
    if (!found.equals(difference)) {
      difference = found;
      instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
      LOG.warn(
          "group {} on {}: its members ask for different messages and take them from each other:"
              + " here {}",
          key.group(),
          key.topic(),
          found);
    }
  }

  /** These do not answer. Going on without them is a choice: see the decision record. */
  void silent(List<Peer> now) {
    if (!now.isEmpty() && !now.equals(silent)) {
      instance.metrics().add(Counter.SUBSCRIPTIONS_UNCOMPARED, now.size());
      LOG.warn(
          "group {} on {}: what these gateways ask for is not known, since they do not answer: {}",
          key.group(),
          key.topic(),
          now.stream().map(PeerName::of).toList());
    }
    silent = List.copyOf(now);
  }

  /** The message system does not tell who the members are. */
  void unknown(GatewayException failure) {
    LOG.warn(
        "group {} on {}: its members are not known, and what they ask for cannot be compared: {}",
        key.group(),
        key.topic(),
        failure.getMessage());
    instance.metrics().increment(Counter.SUBSCRIPTIONS_UNCOMPARED);
  }
}
