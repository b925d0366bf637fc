package dev.sluice.rocketmq.runtime;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ClientTls;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.remoting.RemotingOptionsBuilder;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the producers and consumers of one client id share: the connections, routes and heartbeats
 * of a {@link RemotingClient}, a timer, the running handlers, and the groups. Leased from {@link
 * ClientRuntimes}, which starts and closes it. Safe for all threads.
 *
 * <p>Everything runs on the event loops of the process and on virtual threads; there is no thread
 * for a client, a topic or a broker.
 */
public final class ClientRuntime implements BoundedCloseable {
  private final ClientOptions options;
  private final EventLoops loops;
  private final Ledger ledger;
  private final Clock clock;
  private final RemotingClient remoting;
  private final Handlers handlers;
  private final ProducerGroups producers;
  private final ChangeListeners changes;
  private final Inquiries inquiries = new Inquiries();
  private final AtomicBoolean starting = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();
  private final BoundedCloseable closing;

  /** How often it is leased; of {@link ClientRuntimes}, under its lock. */
  int leases;

  ClientRuntime(ClientOptions options, EventLoops loops, Ledger ledger, Clock clock) {
    this.options = options;
    this.loops = loops;
    this.ledger = ledger;
    this.clock = clock;
    this.remoting = RemotingClient.create(remotingOptions(options), loops, ledger, clock);
    this.handlers = new Handlers(options, ledger, this::schedule);
    this.producers = new ProducerGroups(remoting);
    this.changes = new ChangeListeners(handlers);
    this.closing =
        StagedClose.named("runtime of client " + options.clientId())
            .clock(clock)
            .stage("await handlers", 0.5, deadline -> handlers.whenIdle())
            .child("connections", remoting)
            .action("free the count of handlers", handlers::close)
            .build();
  }

  private static RemotingOptions remotingOptions(ClientOptions options) {
    RemotingOptionsBuilder builder =
        options
            .addressServer()
            .map(server -> RemotingOptions.builder(server.domain()))
            .orElseGet(() -> RemotingOptions.builder(options.endpoints()));
    return builder
        .tls(options.tls().map(ClientTls::options).orElse(null))
        .vipChannel(options.vipChannel())
        .clientId(options.clientId())
        .credentials(options.credentials())
        .callTimeout(options.callTimeout())
        .build();
  }

  /**
   * Starts the upkeep: routes and heartbeats, every 30 s. The first caller does; others wait for
   * it, and fail as it did.
   *
   * @throws RocketMQException INVALID_ARGUMENT naming a file for TLS that cannot be used
   */
  void start() {
    if (!starting.compareAndSet(false, true)) {
      try {
        started.join();
      } catch (CompletionException e) {
        throw RocketMQException.from(e);
      }
      return;
    }
    try {
      open();
      started.complete(null);
    } catch (RuntimeException e) {
      started.completeExceptionally(e);
      throw e;
    }
  }

  private void open() {
    handlers.start();
    try {
      remoting.start();
    } catch (IllegalArgumentException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
    remoting.transactions().onCheck((from, check) -> producers.asked(from, check));
    remoting.memberships().onChange(changes::changed);
    remoting.memberships().onInquiry(inquiries);
    remoting.memberships().onOffsets(inquiries);
  }

  /** Refuses options that this runtime was not made with and that cannot differ. */
  void checkSame(ClientOptions other) {
    if (!Objects.equals(options.credentials(), other.credentials())) {
      throw RocketMQException.invalid(
          "credentials of client " + other.clientId(),
          other.accessKey().orElse("none"),
          options.accessKey().orElse("none")
              + " with its secret, as those have that share the client id");
    }
    checkSame("callTimeout", options.callTimeout(), other.callTimeout());
    checkSame("vipChannel", options.vipChannel(), other.vipChannel());
    checkSame("tls", orNone(options.tls()), orNone(other.tls()));
    checkSame("addressServer", orNone(options.addressServer()), orNone(other.addressServer()));
  }

  private static Object orNone(Optional<?> value) {
    return value.isPresent() ? value.get() : "none";
  }

  private void checkSame(String name, Object own, Object others) {
    if (!own.equals(others)) {
      throw RocketMQException.invalid(
          name + " of client " + options.clientId(),
          others,
          own + ", as those have that share the client id");
    }
  }

  /** What it was made with; the namespace and others may differ from the lessee's own options. */
  public ClientOptions options() {
    return options;
  }

  public RemotingClient remoting() {
    return remoting;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Clock clock() {
    return clock;
  }

  /** The event loops, e.g. to stay on one of them. */
  public EventLoops loops() {
    return loops;
  }

  /** Runs what is the application's, on virtual threads. */
  public Handlers handlers() {
    return handlers;
  }

  /** The producer groups of this client. */
  public ProducerGroups producers() {
    return producers;
  }

  /** Who wants to hear that members of a consumer group have come or gone. */
  public ChangeListeners changes() {
    return changes;
  }

  /** Who answers what administrators ask members of consumer groups. */
  public Inquiries inquiries() {
    return inquiries;
  }

  /** Runs a short task on an event loop, later: one of the caller's if it is on one. */
  public TimeoutScheduler.Timeout schedule(Runnable task, Duration delay) {
    ScheduledFuture<?> timer =
        loops.current().schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
