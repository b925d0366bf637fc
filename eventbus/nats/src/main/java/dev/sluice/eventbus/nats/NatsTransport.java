package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.Tracked;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A NATS cluster with JetStream, as the bus uses it. */
final class NatsTransport implements Transport {
  /** What the ledger counts the threads of a transport as. */
  static final String THREADS_KIND = "nats threads";

  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
  private static final Pattern REFUSED =
      Pattern.compile("(?i)permissions violation for publish to \"([^\"]+)\".*");

  private final NatsOptions options;
  private final Ledger ledger;
  private final NatsThreads threads;
  private final Link link;
  private final Publisher publisher;
  private final Feeds feeds;
  private final Membership membership;
  private final Browsing browsing;
  private final Tally publishing;
  private final Clock clock = Clock.system();
  private final Duration tick;
  private final AtomicBoolean started = new AtomicBoolean();
  private final BoundedCloseable closing;
  private volatile boolean closed;
  private volatile @Nullable Tracked tracked;

  NatsTransport(NatsOptions options, Ledger ledger) {
    this.options = options;
    this.ledger = ledger;
    NatsNames names = new NatsNames(options.prefix(), options.bus().group());
    this.threads = new NatsThreads("sluice-nats-" + options.bus().group());
    Link.Settings settings = new Link.Settings(options, names, threads, ledger);
    this.link = new Link(settings, new Sessions());
    Topics topics = new Topics(options, names);
    this.publishing = ledger.tally(Publisher.LEDGER_KIND, options.bus().group());
    this.publisher = new Publisher(topics, names, threads, link::state, publishing);
    this.feeds =
        new Feeds(
            new PartitionFeed.Shared(
                names,
                new FeedConsumers(options, names),
                threads,
                options.ackWait(),
                clock,
                this::wake));
    this.membership = new Membership(settings, topics, feeds, clock);
    this.browsing =
        new Browsing(names, settings.requestTimeout(), options.bus().topics().isEmpty());
    Duration sixth = options.ackWait().dividedBy(6);
    this.tick = sixth.compareTo(LONGEST_TICK) < 0 ? sixth : LONGEST_TICK;
    this.closing =
        StagedClose.named("nats transport of " + options.bus().group())
            .stage("leave the group", 0.4, deadline -> membership.leave())
            .action("fail what is being published", publisher::close)
            .stage("disconnect", 0.7, deadline -> link.close())
            .stage("end threads", this::endThreads)
            .action("leave the ledger", this::leaveLedger)
            .build();
  }

  @Override
  public String name() {
    return "nats";
  }

  @Override
  public void start() {
    if (closed || !started.compareAndSet(false, true)) {
      throw new IllegalStateException("the transport was started or closed before");
    }
    tracked = ledger.track(THREADS_KIND, options.bus().group(), threads);
    if (!options.bus().topics().isEmpty()) {
      membership.start();
      threads.later(this::tick, tick);
    } else {
      membership.neverStarted();
    }
    link.start();
  }

  private void tick() {
    feeds.tick(clock.nanoTime());
    threads.later(this::tick, tick);
  }

  private void wake() {
    membership.wake();
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    return publisher.publish(topic, message, deadline);
  }

  @Override
  public void attach(String topic, Intake intake) {
    feeds.attach(topic, intake);
  }

  @Override
  public void quiesce(String topic) {
    feeds.quiesce(topic);
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    feeds.detach(topic);
    return membership.commit();
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    CompletableFuture<List<InboundMessage>> found = new CompletableFuture<>();
    if (!(link.state() instanceof Link.State.Up up)) {
      found.completeExceptionally(notConnected(topic));
      return found;
    }
    boolean runs =
        threads.run(
            () -> {
              try {
                found.complete(browsing.read(up.session(), topic, from, max));
              } catch (IOException | JetStreamApiException | RuntimeException e) {
                found.completeExceptionally(NatsErrors.of("topic " + topic, e));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                found.completeExceptionally(
                    EventBusException.of(Category.UNAVAILABLE, "the bus is closed", e));
              }
            });
    if (!runs) {
      found.completeExceptionally(EventBusException.of(Category.UNAVAILABLE, "the bus is closed"));
    }
    return found;
  }

  private EventBusException notConnected(String topic) {
    boolean refused = link.state() instanceof Link.State.Down down && down.refused();
    return EventBusException.of(
        refused ? Category.UNAUTHENTICATED : Category.UNAVAILABLE,
        "topic " + topic + ": " + health().detail());
  }

  @Override
  public List<PartitionStatus> partitions() {
    return feeds.all().stream().map(PartitionFeed::status).toList();
  }

  @Override
  public TransportHealth health() {
    return switch (link.state()) {
      case Link.State.Up up ->
          new TransportHealth(
              true, "connected to " + up.session().server(), membership.rebalances());
      case Link.State.Down down ->
          new TransportHealth(false, "not connected: " + down.reason(), membership.rebalances());
    };
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    if (!closed) {
      closed = true;
      if (started.compareAndSet(false, true)) {
        membership.neverStarted();
        link.neverStarted();
      }
    }
    return closing.closeAsync(deadline);
  }

  private CompletionStage<?> endThreads(Deadline deadline) {
    threads.end();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("sluice-nats-end")
        .start(
            () -> {
              try {
                List<String> alive = threads.awaitEnd(deadline.remaining());
                if (alive.isEmpty()) {
                  ended.complete(null);
                } else {
                  ended.completeExceptionally(
                      new IllegalStateException("threads that have not ended: " + alive));
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended.completeExceptionally(e);
              }
            });
    return ended;
  }

  private void leaveLedger() {
    publishing.close();
    Tracked entry = tracked;
    if (entry != null) {
      entry.close();
    }
  }

  private final class Sessions implements Link.Listener {
    @Override
    public void onUp(Session session) {
      publisher.online(session);
      feeds.online(session);
      membership.online(session);
    }

    @Override
    public void onDown(Session session) {
      publisher.offline(session);
      feeds.offline(session);
      membership.offline(session);
    }

    @Override
    public void onRefused(String error) {
      Matcher matcher = REFUSED.matcher(error);
      if (matcher.matches()) {
        publisher.refused(matcher.group(1));
      }
    }
  }
}
