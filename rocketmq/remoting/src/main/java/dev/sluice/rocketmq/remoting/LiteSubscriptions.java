package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.LiteSubscription;
import dev.sluice.rocketmq.requests.LiteTakenAway;
import java.util.function.Consumer;

/** What lite topics clients are subscribed to (5.5 brokers). */
public interface LiteSubscriptions {

  /**
   * Tells all brokers of the topic about a change, on the connections of the first loop, on which
   * they tell of subscriptions that they end.
   *
   * @param reply done when all of them know; fails with the first that refuses
   */
  void change(String topic, LiteSubscription change, Reply<Done> reply);

  /**
   * Has the listener told, on an event loop, of subscriptions that a broker has ended. One
   * listener; the last one wins.
   */
  void onTakenAway(Consumer<LiteTakenAway> listener);
}
