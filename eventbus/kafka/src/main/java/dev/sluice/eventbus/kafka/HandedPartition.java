package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.eventbus.transport.Intake;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * An assigned partition whose topic has a handler: its flow, and what was fetched and is not taken.
 * Used by the polling thread alone, but for what the flow tells.
 */
final class HandedPartition implements FlowOwner<InboundMessage> {
  private final TopicPartition partition;
  private final Intake intake;
  private final Runnable onRoom;
  private final Runnable onProgress;

  /** Fetched in one poll and refused by the flow, so at most {@code max.poll.records}. */
  private final Deque<ConsumerRecord<byte[], byte[]>> refused = new ArrayDeque<>();

  private Flow<InboundMessage> flow;
  private long next = -1; // the least offset that may be offered; -1 before the first
  private volatile boolean room;

  HandedPartition(TopicPartition partition, Intake intake, Runnable onRoom, Runnable onProgress) {
    this.partition = partition;
    this.intake = intake;
    this.onRoom = onRoom;
    this.onProgress = onProgress;
    this.flow = intake.open(Records.name(partition), this);
  }

  /** Offers what was fetched. True if all is taken; otherwise fetch no more until there is room. */
  boolean take(List<ConsumerRecord<byte[], byte[]>> records) {
    refused.addAll(records);
    return offerAll();
  }

  /** Whether there may be room for what was refused. */
  boolean hasRoom() {
    return room && !refused.isEmpty();
  }

  /** Offers again what was refused. True if all is taken. */
  boolean offerAll() {
    room = false;
    for (var record = refused.peek(); record != null; record = refused.peek()) {
      if (record.offset() < next) {
        restart();
      }
      Item<InboundMessage> item = Records.item(record);
      if (!flow.offer(item)) {
        return false;
      }
      refused.poll();
      next = record.offset() + 1;
    }
    return true;
  }

  /**
   * The partition begins again, at an offset that was there before: it lost its end, as it can
   * where brokers elect leaders that are not in sync. A flow only goes forward.
   */
  private void restart() {
    flow.revoke();
    flow = intake.open(Records.name(partition), this);
    next = -1;
  }

  boolean isRefusing() {
    return !refused.isEmpty();
  }

  /** How far it may be committed; -1 while nothing was taken. */
  long frontier() {
    return flow.frontier();
  }

  /** Messages that are here and not resolved. */
  long unresolved() {
    return (long) flow.unresolved() + refused.size();
  }

  /** Ends the flow. How far it may be committed; empty if nothing was taken. */
  OptionalLong revoke() {
    long frontier = flow.revoke();
    return frontier >= 0 ? OptionalLong.of(frontier) : OptionalLong.empty();
  }

  /** Once it is revoked, where to go on; empty if that is where the consumer is. */
  OptionalLong resumption() {
    ConsumerRecord<byte[], byte[]> first = refused.peek();
    return flow.frontier() >= 0
        ? OptionalLong.of(flow.frontier())
        : first == null ? OptionalLong.empty() : OptionalLong.of(first.offset());
  }

  @Override
  public void onRoom() {
    room = true;
    onRoom.run();
  }

  @Override
  public void onResolved(Item<InboundMessage> item, Resolution resolution) {
    onProgress.run();
  }
}
