package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PoppedMessage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes care of what a broker hands out and nobody gets. On loops; nobody waits for it, as all of
 * it comes again by itself when it fails.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  /** As soon as the broker can. */
  private static final long AT_ONCE_MILLIS = 1;

  private final RemotingClient client;

  Leftovers(RemotingClient client) {
    this.client = client;
  }

  /** The broker compared hashes of tags; these differ, and are none of the group's business. */
  void acknowledge(ReceiveRequest request, List<PopHandle> handles) {
    client
        .popping()
        .ackAll(
            request.group(),
            request.topic(),
            handles,
            client.options().callTimeout().toMillis(),
            Then.of(
                statuses -> {},
                failure ->
                    log.debug(
                        "{} of {} with tags that only look alike come again",
                        handles.size(),
                        request.topic(),
                        failure)));
  }

  /** The receive has ended meanwhile: others may have these. */
  void handBack(ReceiveRequest request, List<PoppedMessage> popped) {
    for (PoppedMessage each : popped) {
      client
          .popping()
          .changeInvisible(
              request.group(),
              request.topic(),
              each.handle(),
              AT_ONCE_MILLIS,
              client.options().callTimeout().toMillis(),
              Then.of(
                  handle -> {},
                  failure ->
                      log.debug(
                          "a message of {} comes again when its invisible duration ends",
                          request.topic(),
                          failure)));
    }
  }
}
