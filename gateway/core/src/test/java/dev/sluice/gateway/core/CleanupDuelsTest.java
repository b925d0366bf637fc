package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * An id is rebuilt on two connections at the very moment at which it is cleaned up by a third. More
 * of it with {@code -Dsluice.campaign=100}.
 */
class CleanupDuelsTest {

  private static final int DUELS = 400;
  private static final int LONGEST_PAUSE = 3000;

  /** Has its parties go on together; they burn time, as the moment is short. */
  private static final class Start {
    private final int parties;
    private final AtomicInteger arrived = new AtomicInteger();

    Start(int parties) {
      this.parties = parties;
    }

    void await(int round) {
      arrived.incrementAndGet();
      for (int i = 0; arrived.get() < parties * (round + 1); i++) {
        if (i % 100 == 99) {
          LockSupport.parkNanos(1000);
        }
      }
    }
  }

  private static void burn(Seeds seeds) {
    for (int i = seeds.between(0, LONGEST_PAUSE); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  private static void expectNotFound(HurriedGateway hurried, ConnectionScope scope, String id) {
    try {
      ProducerSession found = hurried.gateway().sessions().producer(scope, id);
      hurried.fault("back after its cleanup: " + found);
    } catch (GatewayException e) {
      if (e.category() != ErrorCategory.NOT_FOUND) {
        hurried.fault(e.toString());
      }
    }
  }

  @Test
  void idThatIsCleanedUpIsGoneWhoeverRebuildsItMeanwhile(Ledger ledger, Seeds seeds)
      throws Exception {
    // given
    var hurried = new HurriedGateway(ledger, 1, MemoryOptions.DEFAULTS, GatewaySettings.DEFAULTS);
    Sessions sessions = hurried.gateway().sessions();
    List<String> ids = quietIds(hurried, Seeds.campaign(DUELS), seeds);
    var scopes = new ArrayList<ConnectionScope>();
    for (int i = 0; i < 3; i++) {
      scopes.add(hurried.gateway().openConnection("party " + i));
    }
    var begin = new Start(3);
    var end = new Start(3);
    var party = new AtomicInteger();
    var cleaned = new AtomicInteger();

    // when
    hurried.atOnce(
        3,
        seeds,
        own -> {
          int me = party.getAndIncrement();
          ConnectionScope scope = scopes.get(me);
          for (int round = 0; round < ids.size(); round++) {
            String id = ids.get(round);
            begin.await(round);
            burn(own);
            if (me == 0) {
              cleaned.addAndGet(sessions.cleanupProducer(scope, id));
            } else {
              rebuild(sessions, scope, id);
            }
            end.await(round);
            expectNotFound(hurried, scope, id);
          }
        });

    // then
    assertThat(cleaned).hasValue(ids.size());
    assertThat(hurried.count(Counter.ACTIVE_PRODUCERS)).isZero();
    scopes.forEach(scope -> assertThat(((Connection) scope).adopted()).isEmpty());
    scopes.forEach(ConnectionScope::close);
    hurried.close();
  }

  private static void rebuild(Sessions sessions, ConnectionScope scope, String id) {
    try {
      var _ = sessions.producer(scope, id);
    } catch (GatewayException e) {
      // It was cleaned up before.
      if (e.category() != ErrorCategory.NOT_FOUND) {
        throw e;
      }
    }
  }

  private static List<String> quietIds(HurriedGateway hurried, int count, Seeds seeds)
      throws InterruptedException {
    var made = new ArrayList<Outcome<ProducerSession>>();
    ConnectionScope maker = hurried.gateway().openConnection("maker");
    var spec = new ProducerSpec("", "", Credentials.NONE, "orders");
    hurried.atOnce(
        1,
        seeds,
        own -> {
          for (int i = 0; i < count; i++) {
            var outcome = hurried.<ProducerSession>outcome();
            made.add(outcome);
            hurried.gateway().sessions().createProducer(maker, spec, outcome);
          }
        });
    maker.close();
    return made.stream().map(outcome -> outcome.value().id()).toList();
  }
}
