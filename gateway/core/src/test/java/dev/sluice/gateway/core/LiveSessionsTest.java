package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What happens in the middle of the making of a session. */
class LiveSessionsTest {

  private static final String ADDRESS = "memory:9876";

  private final ManualLoops loops = new ManualLoops(1);
  private final GatewayMetrics metrics = new GatewayMetrics();
  private final Instance instance;
  private final LiveSessions<ProducerId, Plain> sessions;
  private final Quota quota = Quota.of("sessions", 10, "a test");
  private final ProducerId content = new ProducerId("", "default", "", Credentials.NONE, "orders");
  private final String id;
  private Runnable whileMaking = () -> {};

  LiveSessionsTest(Ledger ledger) {
    instance =
        new Instance(
            GatewaySettings.DEFAULTS,
            loops,
            loops,
            ledger,
            metrics,
            Sealer.with(ClusterKey.random()),
            EndpointAllowList.of(
                Set.of(MemoryBackend.SCHEME), MemoryBackend.SCHEME, ADDRESS, List.of()),
            Peers.none(),
            new AtomicBoolean(true));
    var upstreams =
        new SharedUpstreams(
            instance,
            List.of(new MemoryBackend(loops, loops, MemoryOptions.DEFAULTS)),
            (upstream, check) -> {},
            (upstream, group) -> {},
            loops.scheduler());
    sessions = new LiveSessions<>(instance, upstreams, new Interrupted());
    id = content.seal(instance.sealer());
  }

  private static final class Plain extends LiveSession {
    Plain(Instance instance, Basis basis) {
      super(instance, basis, "session", Counter.ACTIVE_PRODUCERS);
    }

    @Override
    void endStreams() {}
  }

  /** Has somebody else do something just before a session is put among the others. */
  private final class Interrupted implements LiveSessions.Kind<ProducerId, Plain> {
    @Override
    public String name() {
      return "id";
    }

    @Override
    public Subject subject() {
      return Subject.PRODUCER_ID;
    }

    @Override
    public UpstreamLease.Idle idle() {
      return UpstreamLease.Idle.PRODUCER;
    }

    @Override
    public Optional<ProducerId> open(String sealed) {
      return ProducerId.open(instance.sealer(), sealed);
    }

    @Override
    public Plain make(LiveSession.Basis basis, ProducerId made) {
      Runnable task = whileMaking;
      whileMaking = () -> {};
      task.run();
      return new Plain(instance, basis);
    }
  }

  /** One that has somebody else do something just before it adopts a session. */
  private Connection interrupted(Runnable task) {
    return connection("interrupted", task);
  }

  private Connection connection(String peer, Runnable beforeAdoption) {
    return new Connection(instance, peer, quota, ended -> {}) {
      @Override
      public void adopt(AutoCloseable resource) {
        beforeAdoption.run();
        super.adopt(resource);
      }
    };
  }

  private void assertNotFound(Connection scope) {
    assertThatThrownBy(() -> sessions.get(scope, id))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.NOT_FOUND));
  }

  private void assertNothingLive() {
    assertThat(metrics.value(Counter.ACTIVE_PRODUCERS)).isZero();
    assertThat(quota.taken()).isZero();
  }

  @Test
  void idThatIsCleanedUpWhileItIsRebuiltStaysUnusable() {
    try (var scope = connection("one", () -> {});
        var other = connection("other", () -> {})) {
      whileMaking = () -> assertThat(sessions.cleanUp(other, id)).isOne();

      assertNotFound(scope);

      assertNotFound(scope);
      assertNothingLive();
    }
  }

  @Test
  void sessionThatIsCleanedUpBeforeItsConnectionAdoptsItIsNotKeptByIt() {
    try (var other = connection("other", () -> {});
        var scope = interrupted(() -> assertThat(sessions.cleanUp(other, id)).isOne())) {
      Plain session = sessions.get(scope, id);

      assertThat(session.isOpen()).isFalse();
      assertThat(scope.adopted()).as("what the connection holds").isEmpty();
      assertNotFound(scope);
      assertNothingLive();
    }
  }

  @Test
  void sessionOfAConnectionThatEndsMeanwhileEndsWithIt() {
    try (var scope = connection("one", () -> {})) {
      whileMaking = scope::close;

      Plain session = sessions.get(scope, id);

      assertThat(session.isOpen()).isFalse();
      assertThat(scope.adopted()).isEmpty();
      assertNothingLive();
    }
  }

  @Test
  void twoWhoRebuildAnIdAtOnceShareOneSession() {
    try (var scope = connection("one", () -> {})) {
      var first = new Plain[1];
      whileMaking = () -> first[0] = sessions.get(scope, id);

      assertThat(sessions.get(scope, id)).isSameAs(first[0]);

      assertThat(metrics.value(Counter.ACTIVE_PRODUCERS)).isOne();
      assertThat(quota.taken()).isOne();
      assertThat(scope.adopted()).hasSize(1);
    }
    assertNothingLive();
  }

  private record Named(String name) implements Caller {
    @Override
    public Quota sessions() {
      return Quota.UNLIMITED;
    }

    @Override
    public Quota streams() {
      return Quota.UNLIMITED;
    }

    @Override
    public void charge(int requests) {}
  }

  @Test
  void partOfAConnectionThatEndsBeforeItIsAdoptedIsNotKeptByIt() {
    var alice = new Named("alice");
    var ending = new Connection[1];
    try (var scope = connection("one", () -> ending[0].end(alice))) {
      ending[0] = scope;

      assertThat(scope.of(alice).isOpen()).isFalse();

      assertThat(scope.adopted()).isEmpty();
    }
  }
}
