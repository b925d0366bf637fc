package dev.sluice.gateway.groups;

import static dev.sluice.gateway.groups.Neighbour.tags;
import static dev.sluice.gateway.groups.Neighbourhood.ADDRESS;
import static dev.sluice.gateway.groups.Neighbourhood.GROUP;
import static dev.sluice.gateway.groups.Neighbourhood.LONG;
import static dev.sluice.gateway.groups.Neighbourhood.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who may ask for what on behalf of a group that several instances consume in. */
class AgreementTest {

  private static Neighbour.Asking party(Neighbourhood all, int index) {
    return all.at(index).party(all.lease(index, ""));
  }

  private static void assertRefused(Outcome<Demand> outcome, String own, String other) {
    GatewayException failure = outcome.failure();
    assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    assertThat(failure.subject()).isEqualTo(Subject.GROUP);
    assertThat(failure)
        .hasMessage(
            "group: %s filter: %s (expected: as the group's other members ask for on %s, %s)"
                .formatted(GROUP, own, TOPIC, other));
  }

  @Test
  void whoIsAloneMayAskForAnythingAndIsShown() {
    try (var all = Neighbourhood.of(0xabc);
        var one = party(all, 0)) {
      assertThat(one.propose("a").value()).isEqualTo(tags("a"));
      assertThat(one.propose("b||a").value()).isEqualTo(tags("a||b"));
      one.agreement().clients(3);
      all.pass(LONG);
      assertThat(all.backend().shown(ADDRESS, GROUP))
          .containsExactly(
              new Membership(
                  TOPIC, GROUP, new Filter(Filter.Type.TAG, "a||b"), "10.0.0.0:8081#abc", 3));
    }
  }

  @Test
  void whoWantsSomethingElseIsRefusedUntilTheOthersHaveGone() {
    try (var all = Neighbourhood.of(1, 2);
        var two = party(all, 1)) {
      try (var one = party(all, 0)) {
        one.propose("a").value();
        assertRefused(two.propose("b"), "b", "a");
        assertThat(two.agreement().asked()).isNull();
        assertThat(all.at(1).count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
        assertThat(two.propose("a").value()).isEqualTo(tags("a"));
        assertRefused(two.propose("a||b"), "a||b", "a");
        assertThat(two.agreement().asked()).isEqualTo(tags("a"));
      }
      assertThat(two.propose("a||b").value()).isEqualTo(tags("a||b"));
    }
  }

  @Test
  void refusedOneIsNotShown() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a").value();
      assertRefused(two.propose("b"), "b", "a");
      all.pass(LONG);
      assertThat(all.backend().shown(ADDRESS, GROUP)).hasSize(1);
    }
  }

  @Test
  void orderedAndUnorderedDiffer() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a").value();
      var outcome = new Outcome<Demand>();
      all.loops()
          .on(1, () -> two.agreement().propose(new Demand(tags("a").filter(), true), outcome));
      assertRefused(outcome, "a in order", "a");
    }
  }

  @Test
  void twoUpstreamsOfOneInstanceAreComparedToo() {
    try (var all = Neighbourhood.of(1);
        var one = all.at(0).party(all.lease(0, "blue"));
        var two = all.at(0).party(all.lease(0, "green"))) {
      one.propose("a").value();
      assertRefused(two.propose("b"), "b", "a");
      assertThat(two.propose("a").value()).isEqualTo(tags("a"));
    }
  }

  @Test
  void membersWithoutAGatewayAreComparedByWhatTheMessageSystemTells() {
    try (var all = Neighbourhood.of(1);
        var one = party(all, 0)) {
      all.backend()
          .joinOther(ADDRESS, GROUP, "classic", TOPIC, new Filter(Filter.Type.TAG, "b || a"));
      assertRefused(one.propose("a"), "a", "a||b");
      assertThat(one.propose("a||b").value()).isEqualTo(tags("a||b"));
      all.backend().leaveOther(ADDRESS, GROUP, "classic");
      assertThat(one.propose("c").value()).isEqualTo(tags("c"));
    }
  }

  @Test
  void membersWithoutAGatewayThatComeLaterAreToldOf() {
    try (var all = Neighbourhood.of(1);
        var one = party(all, 0)) {
      one.propose("a").value();
      all.backend().joinOther(ADDRESS, GROUP, "classic", TOPIC, Filter.ALL);
      all.pass(LONG);
      assertThat(all.at(0).count(Counter.SUBSCRIPTION_CONFLICTS)).as("once").isOne();
      assertThat(one.agreement().asked()).isEqualTo(tags("a"));
    }
  }

  @Test
  void whatOthersStillWantIsAskedForUntilTheyDoNot() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a||b").value();
      two.propose("a||b").value();

      assertThat(one.reduce("a").value()).as("or two would lose b").isEqualTo(tags("a||b"));
      all.pass(LONG);
      assertThat(one.later()).isEmpty();

      assertThat(two.reduce("a").value()).isEqualTo(tags("a"));
      all.pass(LONG);
      assertThat(one.later()).containsExactly(tags("a"));
      assertThat(one.agreement().asked()).isEqualTo(tags("a"));
      assertThat(all.at(0).count(Counter.SUBSCRIPTION_CONFLICTS)).isZero();
      assertThat(all.at(1).count(Counter.SUBSCRIPTION_CONFLICTS)).isZero();
    }
  }

  @Test
  void whoWantsLessThanOthersCannotGoOnForLong() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a||b").value();
      two.propose("a||b").value();
      one.reduce("a").value();

      all.pass(Agreement.LEFT_OVER.minusSeconds(1));
      assertThat(one.refusals()).isEmpty();
      all.pass(Agreement.LOOK_AGAIN.plusSeconds(2));
      assertThat(one.refusals()).isNotEmpty();
      assertThat(one.refusals().getFirst())
          .hasMessageContaining("filter: a (")
          .hasMessageContaining("a||b");
      assertThat(two.refusals()).isEmpty();
    }
  }

  @Test
  void whatOthersStillWantIsNoMatterWhenTheyHaveGone() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0)) {
      one.propose("a||b").value();
      try (var two = party(all, 1)) {
        two.propose("a||b").value();
        assertThat(one.reduce("a").value()).isEqualTo(tags("a||b"));
      }
      all.pass(Agreement.SOON.plusMillis(1));
      assertThat(one.later()).containsExactly(tags("a"));
    }
  }

  @Test
  void whoDoesNotAnswerIsPassedOverAndAskedAgain() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a").value();
      all.cutOff(0);
      var outcome = two.propose("b");
      all.pass(LONG);
      assertThat(outcome.value()).isEqualTo(tags("b"));
      assertThat(all.at(1).count(Counter.SUBSCRIPTIONS_UNCOMPARED)).isOne();
      assertThat(all.at(1).count(Counter.SUBSCRIPTION_CONFLICTS)).isZero();

      all.reconnect(0);
      all.pass(LONG);
      assertThat(all.at(1).count(Counter.SUBSCRIPTION_CONFLICTS)).as("once").isOne();
      assertThat(two.agreement().asked()).as("goes on").isEqualTo(tags("b"));
    }
  }

  @Test
  void whereNothingIsRefusedItIsToldOfOnce() {
    try (var all = Neighbourhood.of(false, 1, 2);
        var one = party(all, 0);
        var two = party(all, 1)) {
      one.propose("a").value();
      assertThat(two.propose("b").value()).isEqualTo(tags("b"));
      all.pass(LONG.multipliedBy(3));
      assertThat(all.at(1).count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
      assertThat(all.at(0).count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
      assertThat(one.agreement().asked()).isEqualTo(tags("a"));
    }
  }

  @Test
  void whileTheMessageSystemIsAwayNothingIsDecided() {
    try (var all = Neighbourhood.of(1);
        var one = party(all, 0)) {
      for (Operation each : new Operation[] {Operation.JOIN, Operation.MEMBERS}) {
        all.backend().faults().failNext(each, GatewayException.unavailable("away", null));
      }
      var outcome = one.propose("a");
      assertThat(outcome.isOver()).isFalse();
      all.pass(Duration.ofSeconds(3));
      assertThat(outcome.value()).isEqualTo(tags("a"));
      assertThat(all.at(0).count(Counter.SUBSCRIPTIONS_UNCOMPARED)).isZero();
    }
  }

  @Test
  void messageSystemThatTellsNobodyOfMembersIsUsedWithoutComparing() {
    try (var all = Neighbourhood.of(1);
        var one = party(all, 0)) {
      all.backend()
          .faults()
          .failNext(
              Operation.MEMBERS,
              new GatewayException(ErrorCategory.PERMISSION_DENIED, Subject.GROUP, "no"));
      assertThat(one.propose("a").value()).isEqualTo(tags("a"));
      assertThat(all.at(0).count(Counter.SUBSCRIPTIONS_UNCOMPARED)).isOne();
    }
  }

  @Test
  void whoIsClosedWhileProposingIsToldNothing() {
    try (var all = Neighbourhood.of(1, 2);
        var one = party(all, 0)) {
      one.propose("a").value();
      all.backend().faults().hold(Operation.MEMBERS);
      var two = party(all, 1);
      var outcome = two.propose("b");
      two.close();
      all.backend().faults().release(Operation.MEMBERS);
      all.pass(LONG);
      assertThat(outcome.isOver()).isFalse();
    }
  }
}
