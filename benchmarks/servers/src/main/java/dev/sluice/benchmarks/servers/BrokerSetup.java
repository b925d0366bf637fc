package dev.sluice.benchmarks.servers;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.GroupSpec;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.Done;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes topics and groups at the broker itself, so that all servers before it find the same.
 * Blocks; for one thread.
 */
public final class BrokerSetup implements AutoCloseable {

  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofMillis(20);

  private final Ledger ledger = Ledger.create();
  private final EventLoops loops = EventLoops.owned(1, ledger);
  private final RemotingClient client;

  private BrokerSetup(String nameServer) {
    this.client =
        RemotingClient.create(
            RemotingOptions.builder(nameServer).build(), loops, ledger, Clock.system());
  }

  /** Ready to be asked, before the cluster of a name server. */
  public static BrokerSetup before(String nameServer) {
    var setup = new BrokerSetup(nameServer);
    setup.loops.start();
    setup.client.start();
    return setup;
  }

  /** Makes a topic, or changes it, and waits until the name server knows it. */
  public void topic(String name, int queues, TopicSpec.MessageType type) {
    FutureReply.<Done>await(
        reply ->
            client.administration().createTopic(new TopicSpec(name, queues, queues, type), reply));
    route(name);
  }

  /** Makes a group that gets every message that the topic has, from the oldest on. */
  public void groupFromTheStart(String group, String topic) {
    FutureReply.<Done>await(
        reply -> client.administration().createGroup(GroupSpec.of(group), reply));
    for (TopicQueue queue : route(topic).readableQueues()) {
      FutureReply.<Done>await(reply -> client.offsets().commit(group, queue, 0, reply));
    }
  }

  /** Name servers learn of a new topic a moment after its broker has it. */
  private Route route(String topic) {
    Deadline patience = Deadline.after(PATIENCE);
    while (true) {
      try {
        return FutureReply.<Route>await(reply -> client.routes().refresh(topic, reply));
      } catch (ClientException e) {
        if (e.category() != FailureCategory.NOT_FOUND || patience.isPast()) {
          throw e;
        }
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  @Override
  public void close() {
    client.close(Deadline.after(CLOSE_TIME));
    loops.close(Deadline.after(CLOSE_TIME));
  }
}
