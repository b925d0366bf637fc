package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the message system is shown of a party. Belongs to one loop. */
final class Shown {

  private static final Logger LOG = LoggerFactory.getLogger(Shown.class);

  /** The number of clients is told so often at most. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final SharedUpstream shared;
  private final GroupTopic key;
  private final Inquirer inquirer;
  private final Loop loop;
  private @Nullable Filter filter;
  private @Nullable ActiveUpstream through;
  private int clients = 1;
  private boolean telling;
  private Cancellable timer = Cancellable.NONE;

  Shown(SharedUpstream shared, GroupTopic key, Inquirer inquirer, Loop loop) {
    this.shared = shared;
    this.key = key;
    this.inquirer = inquirer;
    this.loop = loop;
  }

  /** Shows the party with a filter. */
  void as(Filter shownFilter, Completion<Void> completion) {
    filter = shownFilter;
    var membership =
        new Membership(
            key.topic(), key.group(), shownFilter, PeerName.of(inquirer.self()), clients);
    shared.call(
        (upstream, done) -> {
          if (filter == null) {
            // It has ended while the upstream was starting.
            Completion.succeed(done);
          } else {
            through = shared.current();
            upstream.join(membership, done);
          }
        },
        completion);
  }

  /** Shows another filter, where it is another. */
  void now(Filter other) {
    if (!other.equals(filter)) {
      tell(other);
    } else {
      again();
    }
  }

  /** Shows the same anew where the upstream was closed since. */
  void again() {
    Filter same = filter;
    if (same != null && !isThrough(shared.current())) {
      tell(same);
    }
  }

  /** Whether the message system still knows of it. */
  boolean isCurrent() {
    return filter != null && isThrough(shared.current());
  }

  private boolean isThrough(@Nullable ActiveUpstream now) {
    return now != null && now.equals(through);
  }

  void clients(int number) {
    if (number < 1 || number == clients) {
      return;
    }
    clients = number;
    if (filter != null && !telling) {
      telling = true;
      timer =
          loop.schedule(
              () -> {
                telling = false;
                Filter same = filter;
                if (same != null) {
                  tell(same);
                }
              },
              PAUSE);
    }
  }

  private void tell(Filter told) {
    as(
        told,
        new Completion<>() {
          @Override
          public void done(Void nothing) {}

          @Override
          public void failed(GatewayException failure) {
            LOG.debug("group {} is not shown: {}", key.group(), failure.getMessage());
          }
        });
  }

  /**
   * Shows nothing any more.
   *
   * @param tell whether the message system is to be told; where all is about to be closed it knows
   *     soon
   */
  void end(boolean tell, Runnable done) {
    timer.cancel();
    telling = false;
    boolean told = filter != null && tell && isThrough(shared.current());
    filter = null;
    if (!told) {
      done.run();
      return;
    }
    shared.call(
        (upstream, completion) -> upstream.leave(key.topic(), key.group(), completion),
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
}
