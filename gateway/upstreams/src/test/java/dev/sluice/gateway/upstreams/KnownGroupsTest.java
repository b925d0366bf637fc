package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.UpstreamLease.Idle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of groups: asked for once, kept for a while, and never older than it may be. */
class KnownGroupsTest {

  private static final String GROUP = "billing";
  private static final ConsumerGroup ORDERED =
      new ConsumerGroup(
          GROUP, true, 3, new ConsumerGroup.Retries.Steps(List.of(Duration.ofSeconds(1))));

  private final ManualUpstreams manual = new ManualUpstreams();
  private final UpstreamLease lease = manual.lease(Credentials.NONE, Idle.PINNED);

  @AfterEach
  void nothingIsLeftOpen() {
    lease.close();
    manual.close();
  }

  private Outcome<ConsumerGroup> ask() {
    var outcome = new Outcome<ConsumerGroup>();
    manual.run(() -> lease.group(GROUP, outcome));
    return outcome;
  }

  private int asked() {
    return manual.faults().calls(Operation.GROUP);
  }

  private void configure(ConsumerGroup group) {
    manual.backend().configure("memory:9876", group);
  }

  @Test
  void whoeverAsksWhileItIsAskedForSharesTheAnswer() {
    manual.faults().hold(Operation.GROUP);
    var outcomes = new ArrayList<Outcome<ConsumerGroup>>();
    for (int i = 0; i < 10; i++) {
      outcomes.add(ask());
    }
    assertThat(asked()).isOne();

    manual.faults().release(Operation.GROUP);
    manual.loops().runReady();

    assertThat(outcomes).allSatisfy(each -> assertThat(each.value().ordered()).isFalse());
    assertThat(ask().value().ordered()).isFalse();
    assertThat(asked()).isOne();
  }

  @Test
  void aChangeIsSeenAfterTenSecondsAndNobodyWaitsForIt() {
    assertThat(ask().value().ordered()).isFalse();
    configure(ORDERED);

    manual.loops().advance(Duration.ofSeconds(9));
    assertThat(ask().value().ordered()).isFalse();
    assertThat(asked()).isOne();
    manual.loops().advance(Duration.ofSeconds(1));
    manual.faults().hold(Operation.GROUP);
    assertThat(ask().value().ordered()).as("what was heard last, while asking").isFalse();
    assertThat(ask().value().ordered()).isFalse();
    manual.faults().release(Operation.GROUP);
    manual.loops().runReady();

    assertThat(ask().value()).isEqualTo(ORDERED);
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void whatWasHeardAMinuteAgoIsNotBelieved() {
    ask().value();
    configure(ORDERED);

    manual.loops().advance(Duration.ofMinutes(1));

    assertThat(ask().value()).isEqualTo(ORDERED);
  }

  @Test
  void aFailureIsToldToWhoWaitsAndNotKept() {
    manual.faults().failNext(Operation.GROUP, GatewayException.unavailable("no broker", null));

    assertThat(ask().category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(ask().value().name()).isEqualTo(GROUP);
  }

  @Test
  void aMessageSystemThatIsAwayLeavesWhatWasHeardAndIsNotAskedAllTheTime() {
    configure(ORDERED);
    ask().value();
    manual.loops().advance(Duration.ofSeconds(10));
    manual.faults().failNext(Operation.GROUP, GatewayException.unavailable("no broker", null));

    for (int i = 0; i < 10; i++) {
      assertThat(ask().value()).isEqualTo(ORDERED);
    }
    assertThat(asked()).isEqualTo(2);
    manual.loops().advance(Duration.ofSeconds(1));
    ask();
    assertThat(asked()).isEqualTo(3);
  }

  @Test
  void aGroupThatWasDeletedIsNoLongerKnown() {
    ask().value();
    manual.loops().advance(Duration.ofSeconds(10));
    GatewayException missing = GatewayException.notFound(Subject.GROUP, "group: gone");
    manual.faults().failNext(Operation.GROUP, missing);
    manual.faults().failNext(Operation.GROUP, missing);
    ask();

    assertThat(ask().failure()).isSameAs(missing);
  }

  @Test
  void aClosedLeaseTellsNothing() {
    ask().value();
    lease.close();

    assertThat(ask().category()).isEqualTo(ErrorCategory.UNAVAILABLE);
  }
}
