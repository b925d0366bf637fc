package dev.sluice.gateway.server;

import dev.sluice.engines.EngineException;
import dev.sluice.engines.EnginePort;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.gateway.backend.rocketmq.RocketMQBackend;
import dev.sluice.gateway.backend.rocketmq.RocketMQSettings;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.TlsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** RocketMQ: the configured cluster, or an embedded broker. */
final class RocketMQSystem implements MessageSystem {
  /** Where clients expect a name server. */
  static final int NAME_SERVER_PORT = 9876;

  private static final String VERSION = RocketMQVersion.V5.number();

  private final Consumer<String> progress;

  /**
   * Starts nothing.
   *
   * @param progress takes lines for a waiting user
   */
  RocketMQSystem(Consumer<String> progress) {
    this.progress = progress;
  }

  @Override
  public String scheme() {
    return RocketMQBackend.SCHEME;
  }

  @Override
  public Backend backend(EventLoops loops, Ledger ledger, Clock clock, BrokerTerms terms) {
    RocketMQSettings standard = RocketMQSettings.DEFAULT;
    return new RocketMQBackend(
        loops,
        ledger,
        clock,
        new RocketMQSettings(
            standard.producerGroup(),
            shorter(terms.readTimeout(), standard.connectTimeout()),
            shorter(terms.readTimeout(), standard.callTimeout()),
            standard.maxCallsInFlight(),
            standard.maxBytesInFlight(),
            terms.roundsDelaysUp(),
            terms.orderedGroups(),
            terms.tls().orElse(null)));
  }

  /** Files that cannot be used are told at the start, and not to the first caller. */
  private static void test(TlsOptions tls) {
    try {
      tls.test();
    } catch (IllegalArgumentException e) {
      throw new StartException("TLS to the brokers (UPSTREAM_TLS): " + e.getMessage(), e);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public Running start(Settings settings, Ledger ledger) {
    if (settings.upstream().isPresent()) {
      settings.brokers().tls().ifPresent(RocketMQSystem::test);
      return new Running(settings.upstream().get(), "", Optional.empty());
    }
    Path libraries = EngineLibraries.find(System::getProperty);
    progress.accept("Starting the RocketMQ engine (data in " + settings.dataFolder() + ") ...");
    try {
      RocketMQEngine engine =
          RocketMQEngine.in(settings.dataFolder().resolve("rocketmq-5"))
              .libDirectory(libraries)
              .nameServerPort(EnginePort.preferably(NAME_SERVER_PORT))
              .ledger(ledger)
              .progress(line -> progress.accept("  " + line))
              .start();
      return new Running(
          engine.nameServerAddress(),
          "embedded RocketMQ " + VERSION,
          Optional.of(SupervisedEngine.watching(engine)));
    } catch (EngineException e) {
      throw new StartException("The RocketMQ engine did not start: " + e.getMessage(), e);
    }
  }
}
