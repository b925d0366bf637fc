package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.NatsOptions.Storage;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;

/** The bus over NATS JetStream keeps the contract of all buses. */
class NatsBusTest extends EventBusContract {
  /** Longer than anything stands still on a busy machine. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final Map<String, FaultyNetwork> NETWORKS = new ConcurrentHashMap<>();

  @AfterAll
  static void closeNetworks() {
    NETWORKS.values().forEach(FaultyNetwork::close);
  }

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    FaultyNetwork network =
        NETWORKS.computeIfAbsent(member, name -> network(NatsServer.shared().port()));
    NatsOptions nats =
        NatsOptions.of(options, "nats://127.0.0.1:" + network.port())
            .newTopics(4, 1, Storage.FILE, Duration.ZERO)
            .leaseTime(LEASE);
    return new NatsTransport(nats, ledger);
  }

  private static FaultyNetwork network(Member member) {
    return Objects.requireNonNull(NETWORKS.get(member.name()));
  }

  private static FaultyNetwork network(int port) {
    try {
      return FaultyNetwork.start(
          Ledger.create(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected boolean canCutOff() {
    return true;
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  /** Its group does not wait until its lease is over. */
  @Override
  protected void cutOff(Member member) {
    network(member).stall();
    try {
      new ServerView(new NatsNames("sluice", member.group()), NatsServer.shared().url())
          .forgetMembers();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected void letBack(Member member) {
    network(member).pass();
  }
}
