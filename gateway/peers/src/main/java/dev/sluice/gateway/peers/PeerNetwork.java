package dev.sluice.gateway.peers;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.peers.Answer;
import dev.sluice.gateway.proto.peers.PeersGrpc;
import dev.sluice.gateway.proto.peers.Request;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tally;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The other instances over gRPC: asks them, and lets them ask. Has a connection to each address
 * that is being asked, {@value #MOST_ADDRESSES} at most, and closes those that nobody uses. Whoever
 * opens it closes it, after the gateway that asks by it and before the event loops. Safe for use by
 * any thread.
 */
public final class PeerNetwork implements Peers, BoundedCloseable {

  /** The most addresses that are known at once; the one unused for longest makes room. */
  static final int MOST_ADDRESSES = 256;

  private static final Duration LOOK = Duration.ofMillis(5);

  /**
   * What it is made of; all of it outlives it.
   *
   * @param loops where it runs
   * @param group the same, for connections
   * @param channelType of the group's transport
   * @param tls towards other instances; empty for plain text
   * @param sealer seals what passes
   * @param metrics of the gateway that asks by it
   * @param ledger counts connections and calls
   * @param clock tells the time
   */
  public record Parts(
      Loops loops,
      EventLoopGroup group,
      Class<? extends Channel> channelType,
      Optional<SslContext> tls,
      Sealer sealer,
      GatewayMetrics metrics,
      Ledger ledger,
      Clock clock) {}

  private final Parts parts;
  private final PeerTimes times;
  private final Loop loop;
  private final Envelopes envelopes;
  private final PeerConnections connections;
  private final Tally calls;
  private final BoundedCloseable closing;
  // Only touched on the loop. An address leaves when it was not asked for a while, or for another.
  private final Map<String, PeerLink> links = new HashMap<>();
  private volatile Peer self;
  private long sequence;
  private @Nullable Cancellable sweeping;
  private boolean closed;

  PeerNetwork(Parts parts, PeerTimes times) {
    this.parts = parts;
    this.times = times;
    this.loop = parts.loops.all().getFirst();
    this.envelopes = new Envelopes(parts.sealer);
    this.connections =
        new PeerConnections(
            new PeerConnections.Transport(parts.group, parts.channelType, parts.tls),
            times.connect(),
            parts.ledger);
    this.calls = parts.ledger.tally(ResourceKinds.PEER_CALL, "peers");
    this.self = new Peer(Peers.newInstance(), "");
    this.closing =
        StagedClose.named("peers")
            .clock(parts.clock)
            .stage("hang up", this::hangUp)
            .action("free", calls::close)
            .build();
  }

  /** Knows nobody yet; its count of calls is in the ledger. */
  public static PeerNetwork create(Parts parts) {
    return new PeerNetwork(parts, PeerTimes.STANDARD);
  }

  /**
   * Where others find this instance from now on.
   *
   * @param address of its gRPC port, {@code host:port}
   */
  public void reachableAt(String address) {
    self = new Peer(self.instance(), address);
  }

  @Override
  public Peer self() {
    return self;
  }

  /** What others ask; to be served in plain sight, as it lets nobody else in. */
  public ServerServiceDefinition service(PeerAnswers answers) {
    return new PeerService(self.instance(), envelopes, answers, parts.metrics, parts.clock)
        .bindService();
  }

  /** The full name of what {@link #service} serves. */
  public static String serviceName() {
    return PeersGrpc.SERVICE_NAME;
  }

  @Override
  public <A extends PeerAnswer> void ask(
      Peer peer, PeerQuestion<A> question, Completion<A> completion) {
    calls.add(1);
    var counted = new Counted<>(new OnLoop<>(parts.loops.current(), completion));
    OnLoop.run(loop, () -> askNow(peer, question, counted));
  }

  private <A extends PeerAnswer> void askNow(
      Peer peer, PeerQuestion<A> question, Completion<A> completion) {
    if (closed) {
      completion.failed(GatewayException.unavailable("peers: closed", null));
      return;
    }
    if (peer.address().isEmpty() || peer.address().equals(self.address())) {
      // Nobody says where it is, or it was here before this one.
      completion.failed(Peers.gone(peer));
      return;
    }
    PeerLink link = link(peer.address());
    if (link == null) {
      completion.failed(
          GatewayException.overloaded(
              "peers: more than " + MOST_ADDRESSES + " are being asked (the most)"));
      return;
    }
    Request.Builder request =
        Request.newBuilder()
            .setTarget(peer.instance())
            .setAsker(self.instance())
            .setSequence(++sequence)
            .setAskedAt(parts.clock.currentTimeMillis());
    PeerMessages.write(question, request);
    Request complete = request.build();
    link.ask(
        envelopes.seal(complete),
        envelope -> answerTo(complete, envelope),
        new Answered<>(peer, question, completion));
  }

  /** The answer, where it is one to this request. */
  private Optional<Answer> answerTo(Request request, ByteString sealed) {
    return envelopes
        .answer(sealed)
        .filter(
            answer ->
                answer.getAsker() == request.getAsker()
                    && answer.getSequence() == request.getSequence()
                    && (answer.hasNotMine()
                        || request.getTarget() == 0
                        || request.getTarget() == answer.getAnswerer()));
  }

  private @Nullable PeerLink link(String address) {
    PeerLink known = links.get(address);
    if (known != null) {
      return known;
    }
    if (links.size() >= MOST_ADDRESSES && !makeRoom()) {
      return null;
    }
    var link = new PeerLink(address, loop, parts.clock, times, connections);
    links.put(address, link);
    if (sweeping == null) {
      scheduleSweep();
    }
    return link;
  }

  private boolean makeRoom() {
    Optional<Map.Entry<String, PeerLink>> oldest =
        links.entrySet().stream()
            .filter(each -> each.getValue().isIdle(Duration.ZERO))
            .min(Comparator.comparingLong(each -> each.getValue().lastUsed()));
    oldest.ifPresent(each -> forget(each.getKey()));
    return oldest.isPresent();
  }

  private void forget(String address) {
    PeerLink link = links.remove(address);
    if (link != null) {
      link.close();
    }
  }

  private void scheduleSweep() {
    sweeping = loop.schedule(this::sweep, times.idle().dividedBy(4));
  }

  private void sweep() {
    sweeping = null;
    for (Map.Entry<String, PeerLink> each : List.copyOf(links.entrySet())) {
      if (each.getValue().isIdle(times.idle())) {
        forget(each.getKey());
      }
    }
    if (!closed && !links.isEmpty()) {
      scheduleSweep();
    }
  }

  private CompletionStage<?> hangUp(Deadline deadline) {
    var hungUp = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          closed = true;
          if (sweeping != null) {
            sweeping.cancel();
          }
          new ArrayList<>(links.keySet()).forEach(this::forget);
          hungUp.complete(null);
        });
    return hungUp.thenCompose(all -> connections.allEnded()).thenCompose(ended -> quiet(deadline));
  }

  /** Done when the last question has ended, which it does on the loop after its connection. */
  private CompletableFuture<Void> quiet(Deadline deadline) {
    var quiet = new CompletableFuture<Void>();
    loop.execute(() -> look(quiet, deadline));
    return quiet;
  }

  private void look(CompletableFuture<Void> quiet, Deadline deadline) {
    if (calls.value() == 0) {
      quiet.complete(null);
    } else if (deadline.isPast()) {
      quiet.completeExceptionally(new IllegalStateException("questions: " + calls.value()));
    } else {
      var _ = loop.schedule(() -> look(quiet, deadline), LOOK);
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  /** Takes an answer apart that is known to be the peer's; called on the loop. */
  private record Answered<A extends PeerAnswer>(
      Peer peer, PeerQuestion<A> question, Completion<A> completion) implements Completion<Answer> {

    @Override
    public void done(Answer answer) {
      switch (answer.getAnswerCase()) {
        case NOT_MINE -> completion.failed(Peers.gone(peer));
        case FAILED -> completion.failed(PeerMessages.of(answer.getFailed()));
        case NOT_UNDERSTOOD, HELD_RESOLVED, STANDS_COMPARED, ANSWER_NOT_SET ->
            PeerMessages.answer(answer, question)
                .ifPresentOrElse(completion::done, () -> completion.failed(notUnderstood()));
      }
    }

    private GatewayException notUnderstood() {
      return new GatewayException(
          ErrorCategory.UNSUPPORTED,
          Subject.NONE,
          "peer: " + peer.address() + " does not know this question (expected: the same version)");
    }

    @Override
    public void failed(GatewayException failure) {
      completion.failed(failure);
    }
  }

  /** Counts the end of a question. */
  private final class Counted<A> implements Completion<A> {
    private final Completion<A> completion;

    Counted(Completion<A> completion) {
      this.completion = completion;
    }

    @Override
    public void done(A value) {
      calls.remove(1);
      completion.done(value);
    }

    @Override
    public void failed(GatewayException failure) {
      calls.remove(1);
      parts.metrics.increment(Counter.PEER_FAILURES);
      completion.failed(failure);
    }
  }
}
