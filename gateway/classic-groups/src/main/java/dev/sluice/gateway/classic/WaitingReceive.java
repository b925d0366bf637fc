package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One receive. Made on its caller's loop, where it is completed; between, it belongs to its group's
 * loop.
 */
final class WaitingReceive implements Receiving {

  /** The shortest wait: whoever asks without one is told what is at hand. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  final ReceiveRequest request;
  final Alarms.Alarm timeOut = new Alarms.Alarm(this::timedOut);
  private final EventLoop caller;
  private final Completion<List<Delivery>> completion;
  private Consumer<WaitingReceive> over = receive -> {};
  private Supplier<@Nullable GatewayException> outage = () -> null;
  // Whoever cancels or hastens may be earlier than the group that is to know of it.
  private volatile @Nullable EventLoop loop;
  private volatile boolean hastened;
  private volatile boolean cancelled;
  private boolean ended;

  WaitingReceive(ReceiveRequest request, EventLoop caller, Completion<List<Delivery>> completion) {
    this.request = request;
    this.caller = caller;
    this.completion = completion;
  }

  /**
   * It belongs to this loop from now on.
   *
   * @param whenOver called there when it ends
   */
  void begin(EventLoop home, Consumer<WaitingReceive> whenOver) {
    over = whenOver;
    loop = home;
    if (cancelled) {
      end(wasCancelled());
    } else if (hastened) {
      end(List.of());
    }
  }

  /** Has it be told why nothing could be read, where that is why nothing came in its time. */
  void orElse(Supplier<@Nullable GatewayException> why) {
    outage = why;
  }

  private void timedOut() {
    GatewayException why = outage.get();
    if (why == null) {
      end(List.of());
    } else {
      end(why);
    }
  }

  /** There is no group that it could wait in. On the caller's loop. */
  void refuse(GatewayException failure) {
    end(failure);
  }

  boolean isOver() {
    return ended;
  }

  long waitNanos() {
    Duration wait = request.maxWait();
    return (wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait).toNanos();
  }

  /** Whether it asks for messages of this queue; what comes again is in another one. */
  boolean asksFor(ReadQueue queue) {
    QueueId asked = request.queue();
    return asked == null
        || (asked.node().equals(queue.id().broker())
            && (queue.isRetried()
                || asked.index() == QueueId.ANY
                || asked.index() == queue.id().id()));
  }

  void end(List<Delivery> deliveries) {
    if (finish()) {
      caller.execute(() -> completion.done(deliveries));
    }
  }

  void end(GatewayException failure) {
    if (finish()) {
      caller.execute(() -> completion.failed(failure));
    }
  }

  private boolean finish() {
    if (ended) {
      return false;
    }
    ended = true;
    over.accept(this);
    return true;
  }

  @Override
  public void hasten() {
    hastened = true;
    atHome(() -> end(List.of()));
  }

  @Override
  public void cancel() {
    cancelled = true;
    atHome(() -> end(wasCancelled()));
  }

  private void atHome(Runnable task) {
    EventLoop home = loop;
    if (home != null) {
      home.execute(task);
    }
  }

  private GatewayException wasCancelled() {
    return new GatewayException(
        ErrorCategory.CANCELLED,
        Subject.NONE,
        "receive: of " + request.topic() + " for " + request.group() + " was cancelled");
  }
}
