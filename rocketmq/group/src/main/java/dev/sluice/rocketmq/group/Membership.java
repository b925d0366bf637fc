package dev.sluice.rocketmq.group;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of one member have in common. Whoever opens it closes the lease, also where {@link
 * GroupMember#join} fails; the member frees the rest.
 *
 * @param lease of what the clients of one client id share
 * @param directory where queues are
 * @param offsets how far the group is
 * @param tasks the member's virtual threads
 */
public record Membership(
    MemberTerms terms,
    RuntimeLease lease,
    QueueDirectory directory,
    OffsetStore offsets,
    Tasks tasks) {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /** Makes what a member needs beside its offsets. */
  public static Membership of(
      MemberTerms terms, RuntimeLease lease, QueueDirectory directory, OffsetStore offsets) {
    return new Membership(
        terms,
        lease,
        directory,
        offsets,
        new Tasks(
            lease.runtime().ledger(),
            terms.client().clientId(),
            "rocketmq-consumer",
            failure -> log.error("A task of group {} failed", terms.group(), failure)));
  }

  /** What talks to the brokers. */
  public RemotingClient remoting() {
    return lease.runtime().remoting();
  }

  /** The clock. */
  public Clock clock() {
    return lease.runtime().clock();
  }

  /** The group, as brokers know it. */
  public String group() {
    return terms.group();
  }

  private static int attempt(StoredMessage stored) {
    int times = stored.reconsumeTimes();
    return times == Integer.MAX_VALUE ? times : times + 1;
  }

  /** A message as the application sees it; one of the retry topic is of its first topic again. */
  public ReceivedMessage received(MessageQueue queue, StoredMessage stored) {
    String first = stored.property(PropertyNames.RETRY_TOPIC);
    String topic =
        first != null && queue.topic().equals(terms.retryTopic()) ? first : queue.topic();
    return ReceivedMessage.of(
        stored, terms.namespace().unwrap(topic), queue.broker(), attempt(stored));
  }

  /** Where to begin in a queue: where the group is, or where it is to start. */
  public StartPosition start(StartFrom without) {
    return new StartPosition(remoting().offsets(), directory, offsets, without);
  }
}
