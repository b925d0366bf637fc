package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Reads a partition into a flow for as long as it is assigned, and commits how far that is. */
final class PartitionFeed implements FlowOwner<InboundMessage> {

  private static final int READ_AT_A_TIME = 64;

  /** A member's way to its group. */
  interface Membership {
    /** False if the partition is not the member's any more, or it is cut off. */
    boolean commit(long offset);

    /** Whether it is cut off, and gets nothing. */
    boolean isCutOff();
  }

  private final TopicPartition partition;
  private final PartitionLog log;
  private final Attachment attachment;
  private final Membership membership;
  private final Turns turns;
  private final Runnable watcher;
  // The turns' alone.
  private final Queue<InboundMessage> read = new ArrayDeque<>(READ_AT_A_TIME);
  private long next;
  private long committed;

  private volatile @Nullable Flow<InboundMessage> flow;

  PartitionFeed(
      TopicPartition partition,
      PartitionLog log,
      long from,
      Attachment attachment,
      Membership membership) {
    this.partition = partition;
    this.log = log;
    this.next = from;
    this.committed = from;
    this.attachment = attachment;
    this.membership = membership;
    this.turns = new Turns("feed of " + partition, this::turn);
    this.watcher = turns::call;
  }

  void begin() {
    flow = attachment.intake().open(partition.name(), this);
    log.watch(watcher);
    turns.call();
  }

  /** Revokes the flow and commits how far it was; false if that could not be committed. */
  boolean end() {
    log.unwatch(watcher);
    Flow<InboundMessage> open = flow;
    flow = null;
    if (open == null) {
      return true;
    }
    long frontier = open.revoke();
    return frontier < 0 || membership.commit(frontier);
  }

  private void turn() {
    Flow<InboundMessage> open = flow;
    if (open == null) {
      return;
    }
    commit(open);
    boolean more = true;
    while (more && flow != null && !attachment.isQuiesced() && !membership.isCutOff()) {
      more = offerNext(open);
    }
  }

  private void commit(Flow<InboundMessage> open) {
    long frontier = open.frontier();
    if (frontier > committed && membership.commit(frontier)) {
      committed = frontier;
    }
  }

  private boolean offerNext(Flow<InboundMessage> open) {
    if (read.isEmpty()) {
      read.addAll(log.read(next, READ_AT_A_TIME));
    }
    InboundMessage message = read.peek();
    if (message == null
        || !open.offer(new Item<>(message.offset(), message.key(), message.size(), message))) {
      return false;
    }
    read.remove();
    next = message.offset() + 1;
    return true;
  }

  @Override
  public void onRoom() {
    turns.call();
  }

  @Override
  public void onResolved(Item<InboundMessage> item, Resolution resolution) {
    turns.call();
  }
}
