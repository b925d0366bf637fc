package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import org.jspecify.annotations.Nullable;

/** What the message system was told of a poll's subscription. Belongs to the poll's loop. */
final class ToldSubscription {

  private final GroupPolls.Key key;
  private @Nullable Filter told;
  private boolean topicWasMissing;

  ToldSubscription(GroupPolls.Key key) {
    this.key = key;
  }

  /** Whether it was told of this. */
  boolean isOf(Filter filter) {
    return filter.equals(told);
  }

  /** Whether there was no topic when it was looked for: its first message on is subscribed to. */
  boolean topicWasMissing() {
    return topicWasMissing;
  }

  /**
   * Tells of it.
   *
   * @param start where a group begins that is new to the topic
   */
  void tell(Filter filter, Subscription.Start start, Completion<Void> completion) {
    var subscription =
        new Subscription(
            key.topic(),
            key.group(),
            filter,
            topicWasMissing ? new Subscription.Start.Earliest() : start);
    key.shared()
        .call(
            (upstream, done) -> upstream.subscribe(subscription, done),
            new Completion<Void>() {
              @Override
              public void done(Void nothing) {
                told = filter;
                Completion.succeed(completion);
              }

              @Override
              public void failed(GatewayException failure) {
                completion.failed(failure);
              }
            });
  }

  /** Takes it back, as far as the message system can be told. */
  void takeBack(Runnable done) {
    told = null;
    key.shared()
        .call(
            (upstream, completion) -> upstream.unsubscribe(key.topic(), key.group(), completion),
            new Completion<Void>() {
              @Override
              public void done(Void nothing) {
                done.run();
              }

              @Override
              public void failed(GatewayException failure) {
                done.run();
              }
            });
  }

  /**
   * Whether a failure of the poll may be over when it is tried again; that there is no topic yet is
   * remembered.
   */
  boolean mayPass(GatewayException failure) {
    return switch (failure.category()) {
      case UNAVAILABLE, TIMEOUT, OVERLOADED, INTERNAL, UNKNOWN_OUTCOME, CANCELLED -> true;
      case NOT_FOUND -> {
        ActiveUpstream active = key.shared().current();
        boolean comes = active != null && active.capabilities().createsTopicsOnSend();
        if (comes) {
          // All that a topic gets after its absence was seen came after the subscription.
          topicWasMissing = true;
          told = null;
        }
        yield comes;
      }
      case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, UNSUPPORTED ->
          false;
    };
  }
}
