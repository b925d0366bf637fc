package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The streams of a poll, and whose turn it is. Those that have left are passed over. */
final class Rota {

  private final List<Subscriber> subscribers = new ArrayList<>();
  private int turn;

  void add(Subscriber subscriber) {
    subscribers.add(subscriber);
  }

  void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
  }

  /** Whether any has asked for it. */
  boolean wants(Delivery delivery) {
    return subscribers.stream()
        .anyMatch(subscriber -> subscriber.joined && subscriber.matches(delivery));
  }

  /** Who takes it now; null where nobody can. */
  @Nullable Subscriber taker(Delivery delivery) {
    for (int i = 0; i < subscribers.size(); i++) {
      Subscriber candidate = subscribers.get((turn + i) % subscribers.size());
      if (candidate.joined && candidate.credit() > 0 && candidate.matches(delivery)) {
        turn = (turn + i + 1) % subscribers.size();
        return candidate;
      }
    }
    return null;
  }

  /** Has the streams see what they were given. */
  void flush() {
    for (Subscriber subscriber : List.copyOf(subscribers)) {
      List<SealedDelivery> outgoing = subscriber.takeOutgoing();
      if (!outgoing.isEmpty()) {
        subscriber.flow.deliver(outgoing);
      }
    }
  }
}
