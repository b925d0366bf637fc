package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Stores messages in a cluster in memory, within its limits. */
final class MemoryStoring {

  private final MemoryCalls calls;
  private final MemoryCluster cluster;
  private final MemoryOptions options;
  private final MemoryFaults faults;

  MemoryStoring(MemoryCalls calls, MemoryOptions options) {
    this.calls = calls;
    this.cluster = calls.cluster();
    this.options = options;
    this.faults = calls.faults();
  }

  List<SendReceipt> store(List<OutboundMessage> batch) {
    batch.forEach(message -> check(batch, message));
    var receipts = new ArrayList<SendReceipt>();
    synchronized (cluster) {
      MemoryTopic topic = cluster.topicForSend(batch.getFirst().topic());
      String key = batch.getFirst().shardingKey();
      int queue = key == null ? topic.nextQueue() : topic.queueOf(key);
      for (OutboundMessage message : batch) {
        String itsKey = message.shardingKey();
        if (itsKey != null && topic.queueOf(itsKey) != queue) {
          throw refused(message, "messages of one queue");
        }
      }
      for (OutboundMessage message : batch) {
        String id = Objects.requireNonNullElseGet(message.id(), () -> "M" + cluster.nextSerial());
        receipts.add(topic.store(message, id, queue, calls.now()));
      }
    }
    cluster.changed();
    GatewayException failure = faults.nextFailureAfterStoring();
    if (failure != null) {
      throw failure;
    }
    return receipts;
  }

  String recall(String topic, String handle) {
    synchronized (cluster) {
      return cluster.topic(topic).recall(handle, calls.now());
    }
  }

  private void check(List<OutboundMessage> batch, OutboundMessage message) {
    OutboundMessage first = batch.getFirst();
    if (!message.topic().equals(first.topic()) || message.encoding() != first.encoding()) {
      throw refused(message, "one topic and encoding");
    }
    if ((message.shardingKey() == null) != (first.shardingKey() == null)) {
      throw refused(message, "all with a sharding key or none");
    }
    if (batch.size() > 1 && !message.batchable()) {
      throw refused(message, "one that may be batched");
    }
    if (message.body().remaining() > options.maxBodyBytes()) {
      throw GatewayException.invalid(
          Subject.BODY,
          "body: "
              + message.body().remaining()
              + " bytes (expected: at most "
              + options.maxBodyBytes()
              + ")");
    }
    MemoryBackend.checkProperties(message);
    if (faults.refuses(message)) {
      throw refused(message, "one that is not refused");
    }
    int size = batch.stream().mapToInt(this::encodedSize).sum();
    if (batch.size() > 1 && size > options.maxBatchBytes()) {
      throw refused(message, "at most " + options.maxBatchBytes() + " bytes in a batch");
    }
  }

  private static GatewayException refused(OutboundMessage message, String expected) {
    return GatewayException.invalid(
        Subject.MESSAGE, "message: " + message.topic() + " (expected: " + expected + ")");
  }

  OpenTransaction begin(OutboundMessage message, String note, Duration checkAfter) {
    if (!options.transactions()) {
      throw new GatewayException(
          ErrorCategory.UNSUPPORTED, Subject.TRANSACTION, "transactions: none (expected: some)");
    }
    if (!(message.schedule() instanceof Schedule.Now)) {
      throw GatewayException.invalid(
          Subject.DELIVERY_TIME, "schedule: " + message.schedule() + " (expected: none)");
    }
    check(List.of(message), message);
    OpenTransaction begun;
    synchronized (cluster) {
      MemoryTopic topic = cluster.topicForSend(message.topic());
      String id = Objects.requireNonNullElseGet(message.id(), () -> "M" + cluster.nextSerial());
      String handle = "transaction " + cluster.nextSerial();
      long now = calls.now();
      cluster.transactions().begin(handle, topic, message, id, note, checkAfter, now);
      begun = new OpenTransaction(id, handle);
    }
    cluster.changed();
    return begun;
  }

  void end(String handle, Resolution resolution) {
    synchronized (cluster) {
      cluster.transactions().end(handle, resolution, calls.now());
    }
    cluster.changed();
    GatewayException failure = faults.nextFailureAfterEnding();
    if (failure != null) {
      throw failure;
    }
  }

  int encodedSize(OutboundMessage message) {
    int size = 64 + message.body().remaining() + message.topic().length();
    for (var property : message.properties().entrySet()) {
      size += property.getKey().getBytes(StandardCharsets.UTF_8).length + 2;
      size += property.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    return size;
  }
}
