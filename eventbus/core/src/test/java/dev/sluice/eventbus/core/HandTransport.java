package dev.sluice.eventbus.core;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A transport that a test moves by hand: it answers what it is told to, when it is told to. */
final class HandTransport implements Transport {

  /** What was handed to it. */
  record Handed(
      String topic,
      OutboundMessage message,
      Deadline deadline,
      CompletableFuture<Published> answer) {}

  private final List<Handed> handed = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Flow<InboundMessage>> flows = new ConcurrentHashMap<>();
  private volatile @Nullable RuntimeException failure;

  /** Every call from now on throws this. */
  void failWith(RuntimeException thrown) {
    failure = thrown;
  }

  Handed handed(int index) {
    return handed.get(index);
  }

  int handedCount() {
    return handed.size();
  }

  /** What else was called, in that order. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Hands a message out. */
  void deliver(String topic, long offset, @Nullable String key, Map<String, String> headers) {
    Flow<InboundMessage> flow = flows.get(topic);
    if (flow == null) {
      throw new IllegalStateException(topic + " is not attached");
    }
    var message =
        new InboundMessage(topic, "0", offset, key, new byte[1], headers, Instant.EPOCH, 1);
    if (!flow.offer(new Item<>(offset, key, message.size(), message))) {
      throw new IllegalStateException("no room");
    }
  }

  private void call(String what) {
    calls.add(what);
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public String name() {
    return "hand";
  }

  @Override
  public void start() {
    call("start");
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    var next = new Handed(topic, message, deadline, new CompletableFuture<>());
    handed.add(next);
    return next.answer();
  }

  @Override
  public void attach(String topic, Intake intake) {
    call("attach " + topic);
    flows.put(topic, intake.open("0", new Silent()));
  }

  @Override
  public void quiesce(String topic) {
    call("quiesce " + topic);
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    call("detach " + topic);
    Flow<InboundMessage> flow = flows.remove(topic);
    if (flow != null) {
      flow.revoke();
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    return new CompletableFuture<>();
  }

  @Override
  public List<PartitionStatus> partitions() {
    return List.of();
  }

  @Override
  public TransportHealth health() {
    return new TransportHealth(true, "by hand", 0);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    calls.add("close");
    flows.values().forEach(Flow::revoke);
    return CompletableFuture.completedStage(CloseReport.clean("hand"));
  }

  /** Asks for nothing more. */
  private static final class Silent implements FlowOwner<InboundMessage> {
    @Override
    public void onRoom() {}

    @Override
    public void onResolved(Item<InboundMessage> item, Resolution resolution) {}
  }
}
