package dev.sluice.gateway.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.NettyLoops;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.PeerQuestion.CompareStands;
import dev.sluice.gateway.upstreams.PeerQuestion.ResolveHeld;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.Stand;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Instances on this machine, each with a real server on the loopback. */
final class Neighbourhood {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Short, so that tests need not wait; but long enough for a busy machine to answer. */
  static final PeerTimes TIMES =
      new PeerTimes(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(1));

  private final Ledger ledger;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final NettyLoops loops = new NettyLoops(group);
  private final List<Instance> instances = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();

  Neighbourhood(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Answers about deliveries. */
  @FunctionalInterface
  interface AboutHeld {
    void resolve(ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion);
  }

  /** One instance. */
  final class Instance {
    private final GatewayMetrics metrics = new GatewayMetrics();
    private final PeerNetwork network;
    private final Server server;
    private volatile AboutHeld answers = Neighbourhood::acknowledge;
    private volatile List<Stand> stands = List.of();
    private volatile @Nullable CompareStands heard;

    private Instance(ClusterKey key, PeerTimes times, Clock clock) throws IOException {
      network =
          new PeerNetwork(
              new PeerNetwork.Parts(
                  loops,
                  group,
                  NioSocketChannel.class,
                  Optional.empty(),
                  Sealer.with(key),
                  metrics,
                  ledger,
                  clock),
              times);
      server = serve(network.service(new Answers()));
      network.reachableAt("127.0.0.1:" + server.getPort());
      instances.add(this);
    }

    GatewayMetrics metrics() {
      return metrics;
    }

    PeerNetwork network() {
      return network;
    }

    Peer self() {
      return network.self();
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    /** What it answers from now on. */
    void answerWith(AboutHeld other) {
      answers = other;
    }

    /** Where its parties stand from now on. */
    void standWith(List<Stand> other) {
      stands = other;
    }

    /** What it was last asked about that. */
    @Nullable CompareStands heard() {
      return heard;
    }

    private final class Answers implements PeerAnswers {
      @Override
      public void resolveHeld(
          ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion) {
        answers.resolve(question, completion);
      }

      @Override
      public void compareStands(
          CompareStands question, Completion<PeerAnswer.StandsCompared> completion) {
        heard = question;
        completion.done(new PeerAnswer.StandsCompared(stands));
      }
    }

    /** Its end, as a process ends. */
    void kill() throws InterruptedException {
      server.shutdownNow();
      assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    Outcome<PeerAnswer.HeldResolved> ask(Peer peer, ResolveHeld question) {
      var outcome = new Outcome<PeerAnswer.HeldResolved>();
      network.ask(peer, question, outcome);
      return outcome;
    }

    /** Asks about one delivery. */
    Outcome<PeerAnswer.HeldResolved> ask(Peer peer) {
      return ask(peer, question(1));
    }
  }

  static ResolveHeld question(int resolutions) {
    var all = new ArrayList<HeldResolution>();
    for (int i = 0; i < resolutions; i++) {
      all.add(new HeldResolution.Acknowledge(i + 1, 1_700_000_000_000L));
    }
    return new ResolveHeld(all);
  }

  /** Says of everything that it was acknowledged. */
  static void acknowledge(ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion) {
    completion.done(
        new PeerAnswer.HeldResolved(
            question.resolutions().stream()
                .<HeldOutcome>map(each -> new HeldOutcome.Acknowledged())
                .toList()));
  }

  Instance begin(ClusterKey key) throws IOException {
    return begin(key, TIMES, Clock.system());
  }

  Instance begin(ClusterKey key, PeerTimes times, Clock clock) throws IOException {
    return new Instance(key, times, clock);
  }

  /** Somebody else's server. */
  Server serve(BindableService service) throws IOException {
    return serve(service.bindService());
  }

  private Server serve(ServerServiceDefinition service) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .channelType(NioServerSocketChannel.class)
            .maxInboundMessageSize(8 << 20)
            .addService(service)
            .build()
            .start();
    servers.add(server);
    return server;
  }

  /** Ends all of it, and expects that this goes in order. */
  void close() throws InterruptedException {
    for (Instance each : instances) {
      CloseReport report = each.network.close(Deadline.after(Duration.ofSeconds(10)));
      assertThat(report.clean()).as(report.describe()).isTrue();
    }
    for (Server server : servers) {
      server.shutdownNow();
      assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
        .isTrue();
  }
}
