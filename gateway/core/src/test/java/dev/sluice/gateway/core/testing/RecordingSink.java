package dev.sluice.gateway.core.testing;

import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.testing.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A sink that keeps what comes, and checks that it is called as promised. */
public final class RecordingSink implements DeliverySink {

  private final Loop loop;
  private final List<SealedDelivery> deliveries = new ArrayList<>();
  private boolean ready = true;
  private boolean open;
  private int taken;
  private @Nullable DeliveryStream stream;
  private @Nullable GatewayException failure;

  /** A sink of a stream that is opened on this loop. */
  public RecordingSink(Loop loop) {
    this.loop = loop;
  }

  /** Tells it its stream. */
  public void opened(DeliveryStream opened) {
    stream = opened;
  }

  /** The stream. */
  public DeliveryStream stream() {
    return Objects.requireNonNull(stream, "not opened");
  }

  /** Sets whether its transport is ready; true also resumes the stream. */
  public void setReady(boolean now) {
    ready = now;
    if (now) {
      stream().resume();
    }
  }

  @Override
  public boolean isReady() {
    check();
    return ready;
  }

  @Override
  public void opened() {
    check();
    if (open) {
      throw new AssertionError("opened twice");
    }
    open = true;
  }

  /** Whether it was told that its stream is open. */
  public boolean isOpen() {
    return open;
  }

  @Override
  public void deliver(SealedDelivery delivery) {
    check();
    if (!open) {
      throw new AssertionError("a delivery before it was open");
    }
    deliveries.add(delivery);
  }

  @Override
  public void ended(GatewayException cause) {
    check();
    failure = cause;
  }

  private void check() {
    if (!loop.inLoop()) {
      throw new AssertionError("called off its loop");
    }
    if (failure != null) {
      throw new AssertionError("called after its end");
    }
  }

  /** All that came. */
  public List<SealedDelivery> deliveries() {
    return List.copyOf(deliveries);
  }

  /** What came since this was last called. */
  public List<SealedDelivery> take() {
    var fresh = List.copyOf(deliveries.subList(taken, deliveries.size()));
    taken = deliveries.size();
    return fresh;
  }

  /** The bodies of what came since anything was last taken. */
  public List<String> takeTexts() {
    return take().stream().map(delivery -> Messages.text(delivery.delivery())).toList();
  }

  /** Whether the stream was ended from the other side. */
  public boolean isOver() {
    return failure != null;
  }

  /** Why the stream was ended. */
  public GatewayException failure() {
    return Objects.requireNonNull(failure, "not over");
  }
}
