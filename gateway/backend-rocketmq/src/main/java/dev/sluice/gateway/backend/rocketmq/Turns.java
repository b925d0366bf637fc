package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.QueueId;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The brokers that one receive asks, one after the other and over again. Belongs to its loop. */
final class Turns {

  private final List<Broker> brokers;
  private int taken;

  private Turns(List<Broker> brokers) {
    this.brokers = brokers;
  }

  /** Of no broker. */
  static Turns none() {
    return new Turns(List.of());
  }

  /**
   * All brokers that the topic can be read from, beginning with any of them.
   *
   * @param queue whose broker alone is to be asked; null for all
   */
  static Turns of(Route route, @Nullable QueueId queue) {
    if (queue != null) {
      Broker named = route.broker(queue.node());
      return named == null || named.reader() == null ? none() : new Turns(List.of(named));
    }
    int count = route.readerCount();
    if (count == 1) {
      return new Turns(List.of(route.reader(0)));
    }
    var all = new ArrayList<Broker>(count);
    int first = ThreadLocalRandom.current().nextInt(Math.max(1, count));
    for (int i = 0; i < count; i++) {
      all.add(route.reader((first + i) % count));
    }
    return new Turns(all);
  }

  boolean isEmpty() {
    return brokers.isEmpty();
  }

  boolean areSeveral() {
    return brokers.size() > 1;
  }

  int size() {
    return brokers.size();
  }

  /** Whose turn it is. */
  Broker broker() {
    return brokers.get(taken % brokers.size());
  }

  void next() {
    taken++;
  }

  /** Whether not each has had its turn yet. */
  boolean isFirstRound() {
    return taken < brokers.size();
  }
}
