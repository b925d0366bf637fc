package dev.sluice.gateway.server;

import dev.sluice.gateway.backend.rocketmq.NettyLoops;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.remoting.EventLoops;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A message system in memory behind a real gateway, with something to close as an engine has. */
final class MemorySystem implements MessageSystem {
  static final String ADDRESS = "127.0.0.1:1";

  private @Nullable MemoryBackend backend;
  private volatile boolean closed;
  private Runnable whileStarting = () -> {};

  @Override
  public String scheme() {
    return MemoryBackend.SCHEME;
  }

  @Override
  public Backend backend(EventLoops loops, Ledger ledger, Clock clock, BrokerTerms terms) {
    MemoryBackend made = new MemoryBackend(NettyLoops.of(loops), clock, MemoryOptions.DEFAULTS);
    backend = made;
    return made;
  }

  /** Has the next start run this, as if something happened while an engine starts. */
  void whileStarting(Runnable event) {
    whileStarting = event;
  }

  @Override
  public Running start(Settings settings, Ledger ledger) {
    whileStarting.run();
    return new Running(ADDRESS, "in memory", Optional.of(new Engine(ledger)));
  }

  MemoryFaults faults() {
    return memory().faults();
  }

  MemoryBackend memory() {
    MemoryBackend made = backend;
    if (made == null) {
      throw new IllegalStateException("not started");
    }
    return made;
  }

  boolean closed() {
    return closed;
  }

  private final class Engine implements BoundedCloseable {
    private final Tracked tracked;

    private Engine(Ledger ledger) {
      tracked = ledger.track("child process", "memory", this);
    }

    @Override
    public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
      return StagedClose.named("memory")
          .action(
              "end",
              () -> {
                closed = true;
                tracked.close();
              })
          .build()
          .closeAsync(deadline);
    }
  }
}
