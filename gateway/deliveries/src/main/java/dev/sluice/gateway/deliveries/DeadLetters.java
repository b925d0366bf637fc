package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.lifecycle.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what was handed out too often to the group's dead letters instead of handing it out once
 * more, but nothing that this instance has not given to anybody: a message system's count may be of
 * answers that reached nobody. A move that fails, or that is one too many at once, leaves the
 * message where it is: it comes again after its invisible duration, and is tried again. Called on
 * loops.
 */
final class DeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private static final int MOST_UNDER_WAY = 1_000;

  private final Instance instance;
  private final Tally underWay;
  private final GivenHere given = new GivenHere();

  DeadLetters(Instance instance) {
    this.instance = instance;
    this.underWay = instance.ledger().tally(ResourceKinds.DEAD_LETTER, "dead letters");
  }

  /**
   * Begins to move those that were handed out too often; the others.
   *
   * @param maxAttempts how often is not too often
   */
  List<Delivery> sift(
      SharedUpstream shared, String group, int maxAttempts, List<Delivery> deliveries) {
    if (deliveries.stream().noneMatch(delivery -> isDue(group, delivery, maxAttempts))) {
      return deliveries;
    }
    var others = new ArrayList<Delivery>(deliveries.size());
    for (Delivery delivery : deliveries) {
      if (isDue(group, delivery, maxAttempts)) {
        move(shared, group, delivery, moved -> {});
      } else {
        others.add(delivery);
      }
    }
    return others;
  }

  /** Whether it is to be moved instead of given. */
  boolean isDue(String group, Delivery delivery, int maxAttempts) {
    return given.tooOften(group, delivery, maxAttempts);
  }

  /** It is given to somebody now. */
  void given(String group, Delivery delivery, int maxAttempts) {
    given.add(group, delivery, maxAttempts);
  }

  /**
   * Begins to move one.
   *
   * @param ended called once, on the calling loop, with whether it was moved
   */
  void move(SharedUpstream shared, String group, Delivery delivery, Consumer<Boolean> ended) {
    instance.metrics().increment(Counter.ATTEMPTS_EXCEEDED);
    if (underWay.value() >= MOST_UNDER_WAY) {
      instance.metrics().increment(Counter.DEAD_LETTER_FAILURES);
      ended.accept(false);
      return;
    }
    underWay.add(1);
    shared.call(
        (upstream, done) -> upstream.deadLetter(group, delivery, done),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            underWay.remove(1);
            given.forget(group, delivery);
            instance.metrics().increment(Counter.DEAD_LETTERS);
            LOG.info(
                "message {} of {} is a dead letter of {} after {} deliveries",
                delivery.messageId(),
                delivery.topic(),
                group,
                delivery.attempt() - 1);
            ended.accept(true);
          }

          @Override
          public void failed(GatewayException failure) {
            underWay.remove(1);
            instance.metrics().increment(Counter.DEAD_LETTER_FAILURES);
            LOG.warn(
                "message {} of {} comes again, as it cannot become a dead letter of {}: {}",
                delivery.messageId(),
                delivery.topic(),
                group,
                failure.getMessage());
            ended.accept(false);
          }
        });
  }

  /** Whether none is being moved. */
  boolean isQuiet() {
    return underWay.value() == 0;
  }

  void close() {
    underWay.close();
  }
}
