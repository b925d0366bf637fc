package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.NatsOptions.Storage;
import dev.sluice.eventbus.core.ConsumerProgram;
import dev.sluice.eventbus.core.CrashContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;

/** Members over NATS JetStream that are killed, or have little memory. */
class CrashTest extends CrashContract {
  /** Longer than anything stands still on a busy machine. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private int partitions = 1;

  public static void main(String[] arguments) throws Exception {
    ConsumerProgram.run(arguments, new CrashTest()::connect);
  }

  @Override
  protected String server() {
    return NatsServer.shared().url();
  }

  @Override
  protected Transport connect(String server, BusOptions options, Ledger ledger) {
    return new NatsTransport(
        NatsOptions.of(options, server)
            .newTopics(partitions, 1, Storage.FILE, Duration.ZERO)
            .leaseTime(LEASE),
        ledger);
  }

  @Override
  protected void forgetMembers(String group) throws Exception {
    new ServerView(new NatsNames("sluice", group), server()).forgetMembers();
  }

  /** Whoever uses one first makes it, which is the publisher here. */
  @Override
  protected void makeTopics(List<String> topics, int count) {
    partitions = count;
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }
}
