package dev.sluice.eventbus.core;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A real transport, of whose answers some are held back or refused on command. */
public final class FaultyTransport implements Transport {

  /** What becomes of what is published to a topic. */
  public enum Fault {
    /** It fails at once, and is not published. */
    REFUSE,
    /** It is published, and the answer never comes. */
    LOSE_ANSWER,
    /** It is not published, and no answer comes. */
    HANG
  }

  private final Transport real;
  private final ConcurrentMap<String, Fault> faults = new ConcurrentHashMap<>();
  private volatile boolean closeHangs;

  /** Over a real one, which is then this one's own. */
  public FaultyTransport(Transport real) {
    this.real = real;
  }

  /** From now on this becomes of what is published to a topic. */
  public void fail(String topic, Fault fault) {
    faults.put(topic, fault);
  }

  /** From now on a topic is published to as it should. */
  public void mend(String topic) {
    faults.remove(topic);
  }

  /** It closes, but never says that it has. */
  public void hangClose() {
    closeHangs = true;
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public void start() {
    real.start();
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    return switch (faults.get(topic)) {
      case null -> real.publish(topic, message, deadline);
      case REFUSE ->
          CompletableFuture.failedFuture(
              EventBusException.of(Category.UNAVAILABLE, topic + " is refused by this test"));
      case HANG -> new CompletableFuture<>();
      case LOSE_ANSWER -> {
        var unused = real.publish(topic, message, deadline);
        yield new CompletableFuture<>();
      }
    };
  }

  @Override
  public void attach(String topic, Intake intake) {
    real.attach(topic, intake);
  }

  @Override
  public void quiesce(String topic) {
    real.quiesce(topic);
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    return real.detach(topic);
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    return real.browse(topic, from, max);
  }

  @Override
  public List<PartitionStatus> partitions() {
    return real.partitions();
  }

  @Override
  public TransportHealth health() {
    return real.health();
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    CompletionStage<CloseReport> closing = real.closeAsync(deadline);
    return closeHangs ? new CompletableFuture<>() : closing;
  }
}
