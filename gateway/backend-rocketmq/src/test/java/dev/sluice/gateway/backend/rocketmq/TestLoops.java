package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Loops;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.TlsOptions;
import dev.sluice.testkit.LedgerCheck;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Loops and a backend for a class of tests, whose ledger must be empty after each. */
final class TestLoops implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final Ledger ledger = Ledger.create();
  private final EventLoops eventLoops = EventLoops.owned(2, Ledger.create());
  private final RocketMQBackend backend =
      backend(settings(RocketMQSettings.DEFAULT.producerGroup(), null));

  RocketMQBackend backend() {
    return backend;
  }

  /** Another backend on the same loops. */
  RocketMQBackend backend(RocketMQSettings settings) {
    return new RocketMQBackend(eventLoops, ledger, Clock.system(), settings);
  }

  /**
   * The usual settings with another producer group: brokers ask any member of a group.
   *
   * <p>The usual settings of tests are those of gateways with calls that have the time that a
   * broker on a busy machine takes.
   */
  static RocketMQSettings settings(String producerGroup) {
    return settings(producerGroup, null);
  }

  /** The usual settings with TLS. */
  static RocketMQSettings settings(TlsOptions tls) {
    return settings(RocketMQSettings.DEFAULT.producerGroup(), tls);
  }

  private static RocketMQSettings settings(String producerGroup, @Nullable TlsOptions tls) {
    RocketMQSettings usual = RocketMQSettings.DEFAULT;
    return new RocketMQSettings(
        producerGroup,
        usual.connectTimeout(),
        Duration.ofSeconds(20),
        usual.maxCallsInFlight(),
        usual.maxBytesInFlight(),
        usual.roundsDelaysUp(),
        usual.orderedGroups(),
        tls);
  }

  Loops loops() {
    return NettyLoops.of(eventLoops);
  }

  EventLoops eventLoops() {
    return eventLoops;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    eventLoops.start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LedgerCheck.assertClean(ledger);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    CloseReport report = eventLoops.close(Deadline.after(UpstreamFixture.PATIENCE));
    assertThat(report.clean()).as(report.describe()).isTrue();
  }
}
