package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.TagSet;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stream as its poll sees it: what it asks for, its credit, and what it holds. */
final class Subscriber implements Holder {

  final StreamFlow flow;
  final Filter filter;
  final boolean ordered;
  final Subscription.Start start;
  final Duration maxHold;
  final Set<Held> held = new HashSet<>();

  /** Null where the message system filters by an expression that only it understands. */
  private final @Nullable TagSet tags;

  private final GroupPoll poll;
  private final Pauses pauses;
  private int creditMessages;
  private long creditBytes;
  private List<SealedDelivery> outgoing = new ArrayList<>();

  /** Whether its transport takes more. */
  boolean ready = true;

  /** Whether it takes part. */
  boolean joined;

  /** Whether it takes nothing, and {@link Pauses} has counted that. */
  boolean paused;

  Subscriber(
      GroupPoll poll, StreamFlow flow, StreamSpec spec, GatewaySettings.ReceiveSettings settings) {
    this.poll = poll;
    this.pauses = poll.pauses();
    this.flow = flow;
    this.filter = spec.filter();
    this.tags = filter.type() == Filter.Type.TAG ? TagSet.parse(filter.expression()) : null;
    this.ordered = spec.ordered();
    this.start = spec.start();
    this.maxHold = spec.maxHold();
    this.creditMessages = settings.bufferMessages();
    this.creditBytes = settings.bufferBytes();
  }

  @Nullable TagSet tags() {
    return tags;
  }

  boolean matches(Delivery delivery) {
    return tags == null || tags.matches(delivery.tag());
  }

  /** How many more messages it takes now. */
  int credit() {
    return ready && creditBytes > 0 ? creditMessages : 0;
  }

  void give(Held one, SealedDelivery delivery) {
    creditMessages--;
    creditBytes -= one.bytes;
    held.add(one);
    outgoing.add(delivery);
    if (credit() == 0) {
      pauses.changed(this);
    }
  }

  /** What was given since this was last called. */
  List<SealedDelivery> takeOutgoing() {
    List<SealedDelivery> taken = outgoing;
    outgoing = new ArrayList<>();
    return taken;
  }

  @Override
  public void released(Held one) {
    if (held.remove(one)) {
      creditMessages++;
      creditBytes += one.bytes;
      if (joined) {
        pauses.changed(this);
      }
      poll.creditReturned(one);
    }
  }

  @Override
  public @Nullable Held keep(Held one, Duration delay) {
    return poll.keep(one, delay);
  }
}
