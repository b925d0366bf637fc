package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The receives of one poll: how many are under way at once, and for what. As many as come back
 * full, up to the setting. Belongs to the poll's loop, as what it tells its listener does.
 */
final class Receives {

  /** A receive that comes back empty faster than this was not waited for. */
  static final Duration TOO_FAST = Duration.ofMillis(50);

  /**
   * The longest wait of a receive while streams hold something. What they hand back when they end
   * comes again a little later than this: a receive that waited on would take it from others.
   */
  private static final Duration WAIT_WHILE_HOLDING = Duration.ofMillis(1500);

  /** Hears how each receive ends, when it is no longer under way. */
  interface Listener {

    /**
     * It has brought these.
     *
     * @param tooFast it brought nothing and did not wait either
     */
    void received(List<Delivery> deliveries, boolean tooFast);

    /** It has failed. */
    void failed(GatewayException failure);
  }

  private final Instance instance;
  private final GroupPolls.Key key;
  private final Listener listener;
  private final Set<Receive> underWay = new HashSet<>();
  private Filter filter = Filter.ALL;
  private boolean ordered;
  private int target = 1;
  private int asked;

  /** Of those under way, the ones that ask for what is wanted now. */
  private int current;

  /** Of the others, the ones that may pass over what is wanted now. */
  private int passingOver;

  private @Nullable String repeatedAttempt;

  Receives(Instance instance, GroupPolls.Key key, Listener listener) {
    this.instance = instance;
    this.key = key;
    this.listener = listener;
  }

  /**
   * What receives ask for from now on. Those under way that asked for something else end soon, as
   * far as the message system lets them; they do not keep others from being begun.
   */
  void askFor(Filter next, boolean inOrder) {
    ordered = inOrder;
    if (next.equals(filter)) {
      return;
    }
    filter = next;
    underWay.forEach(Receive::outdate);
    hasten();
  }

  /** What they ask for. */
  Filter filter() {
    return filter;
  }

  /** Whether none is under way any more that may pass over what is wanted now. */
  boolean isSettled() {
    return passingOver == 0;
  }

  /** Whether none is under way. */
  boolean isEmpty() {
    return underWay.isEmpty();
  }

  /** How many messages those under way ask for. */
  int asked() {
    return asked;
  }

  /** Whether one more may be begun that asks for so many. */
  boolean mayBegin(int max) {
    return current < target
        && max > 0
        && (current == 0 || max >= instance.settings().receive().pollBatch());
  }

  /**
   * Begins one; it may end before this returns.
   *
   * @param holding whether streams hold something
   */
  void begin(int max, boolean holding) {
    String attempt = null;
    if (ordered) {
      attempt = repeatedAttempt != null ? repeatedAttempt : UUID.randomUUID().toString();
      repeatedAttempt = null;
    }
    var settings = instance.settings().receive();
    var request =
        new ReceiveRequest(
            key.topic(),
            key.group(),
            filter,
            null,
            ordered,
            attempt,
            max,
            holding && settings.pollWait().compareTo(WAIT_WHILE_HOLDING) > 0
                ? WAIT_WHILE_HOLDING
                : settings.pollWait(),
            settings.invisible());
    var receive = new Receive(request);
    underWay.add(receive);
    current++;
    asked += max;
    instance.metrics().increment(Counter.POLLS);
    ActiveUpstream active = key.shared().current();
    if (active == null) {
      receive.failed(SharedUpstream.closed(key.shared().endpoint()));
    } else {
      receive.call = active.upstream().receive(request, receive);
    }
  }

  /** Has those under way wait no longer than they must. */
  void hasten() {
    List.copyOf(underWay).forEach(Receive::hasten);
  }

  /** Gives those under way up. */
  void cancel() {
    List.copyOf(underWay).forEach(Receive::cancel);
  }

  private final class Receive implements Completion<List<Delivery>> {
    private final ReceiveRequest request;
    private final long since = instance.clock().nanoTime();
    private @Nullable Receiving call;
    private boolean outdated;
    private boolean hastened;

    Receive(ReceiveRequest request) {
      this.request = request;
    }

    void outdate() {
      if (!outdated) {
        outdated = true;
        current--;
        if (passesOver()) {
          passingOver++;
        }
      }
    }

    private boolean passesOver() {
      return !request.filter().equals(Filter.ALL);
    }

    void hasten() {
      hastened = true;
      Receiving known = call;
      if (known != null) {
        known.hasten();
      }
    }

    void cancel() {
      Receiving known = call;
      if (known != null) {
        known.cancel();
      }
    }

    @Override
    public void done(List<Delivery> deliveries) {
      over();
      boolean full = deliveries.size() >= request.max();
      if (full) {
        target = Math.min(target + 1, instance.settings().receive().concurrentPolls());
      } else if (deliveries.size() < request.max() / 2) {
        target = Math.max(1, target - 1);
      }
      listener.received(deliveries, deliveries.isEmpty() && !hastened && tooFast());
    }

    private boolean tooFast() {
      return instance.clock().nanoTime() - since < TOO_FAST.toNanos()
          && request.maxWait().compareTo(TOO_FAST) > 0;
    }

    @Override
    public void failed(GatewayException failure) {
      over();
      repeatedAttempt = request.attemptId();
      listener.failed(failure);
    }

    private void over() {
      underWay.remove(this);
      asked -= request.max();
      if (!outdated) {
        current--;
      } else if (passesOver()) {
        passingOver--;
      }
    }
  }
}
