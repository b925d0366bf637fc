package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import dev.sluice.rocketmq.remoting.RemotingClient;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks what the brokers run when a connection was lost, as they may come back as others: those of
 * 4.x and those of 5.x hand out messages in different ways. Looks again while brokers are away, and
 * while a cluster has some of both kinds, which is used as it was.
 *
 * <p>Its state belongs to one loop.
 */
final class ReleaseWatch {
  private static final Logger log = LoggerFactory.getLogger(ReleaseWatch.class);

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final RemotingClient client;
  private final String endpoint;
  private volatile Runnable outdated = () -> {};
  private volatile @Nullable EventLoop home;
  private @Nullable Future<?> next;
  private Duration pause = SOON;
  private boolean asking;
  private boolean over;

  /** Looks at nothing yet. */
  ReleaseWatch(RemotingClient client, String endpoint) {
    this.client = client;
    this.endpoint = endpoint;
  }

  /** Has the listener told, once and on the loop, when all brokers are of the other kind. */
  void onOutdated(Runnable listener) {
    outdated = listener;
  }

  /**
   * Looks soon after each connection that is lost from now on.
   *
   * @param loop whose it is
   * @param found what the brokers run now
   */
  void begin(EventLoop loop, BrokerRelease found) {
    home = loop;
    client.onConnectionLost(() -> loop.execute(() -> lost(loop, found)));
  }

  /** Looks no more. From any thread. */
  void end() {
    EventLoop loop = home;
    if (loop == null) {
      return;
    }
    loop.execute(
        () -> {
          over = true;
          if (next != null) {
            next.cancel(false);
            next = null;
          }
        });
  }

  private void lost(EventLoop loop, BrokerRelease found) {
    pause = SOON;
    if (!asking) {
      later(loop, found);
    }
  }

  private void later(EventLoop loop, BrokerRelease found) {
    if (over || next != null) {
      return;
    }
    next = loop.schedule(() -> look(loop, found), pause.toMillis(), TimeUnit.MILLISECONDS);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
  }

  private void look(EventLoop loop, BrokerRelease found) {
    next = null;
    asking = true;
    client
        .administration()
        .brokers(
            Then.of(
                brokers -> loop.execute(() -> told(loop, found, brokers)),
                failure ->
                    loop.execute(
                        () -> {
                          asking = false;
                          later(loop, found);
                        })));
  }

  private void told(EventLoop loop, BrokerRelease found, List<BrokerInfo> brokers) {
    asking = false;
    if (over) {
      return;
    }
    BrokerRelease now;
    try {
      now = BrokerRelease.of(brokers);
    } catch (GatewayException e) {
      // Of both kinds, as in the midst of an upgrade.
      later(loop, found);
      return;
    }
    if (now.classic() != found.classic()) {
      log.info(
          "The brokers of {} run {} now, and {} before: connecting anew",
          endpoint,
          now.named(),
          found.named());
      over = true;
      outdated.run();
    }
  }
}
