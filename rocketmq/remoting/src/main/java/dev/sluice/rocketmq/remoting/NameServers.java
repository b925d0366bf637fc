package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.Request;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Asks the name servers: one of them as long as it answers, the next one when it does not. Begins
 * at a random one, so that many clients spread. Must be called on an event loop.
 */
final class NameServers {
  private final NameServerAddresses addresses;
  private final Commands remoting;
  private final long timeoutMillis;

  /** Counts on; its remainder is the one that answers. */
  private volatile int current;

  NameServers(NameServerAddresses addresses, RemotingOptions options, Commands remoting) {
    this.addresses = addresses;
    this.remoting = remoting;
    this.timeoutMillis = options.callTimeout().toMillis();
    this.current = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
  }

  List<Endpoint> all() {
    return addresses.current();
  }

  /** Asks until one answers; fails when none did, each given the call timeout. */
  <R> void ask(Request<R> request, Reply<R> reply) {
    List<Endpoint> servers = addresses.current();
    if (servers.isEmpty()) {
      Replies.fail(reply, addresses.unknown());
      return;
    }
    ask(servers, request, Math.floorMod(current, servers.size()), servers.size() - 1, reply);
  }

  private <R> void ask(
      List<Endpoint> servers, Request<R> request, int index, int othersLeft, Reply<R> reply) {
    remoting.call(
        servers.get(index),
        request,
        Commands.Effect.READS,
        timeoutMillis,
        new Reply<>() {
          @Override
          public void done(R value) {
            reply.done(value);
          }

          @Override
          public void failed(ClientException failure) {
            if (!mayBeOthers(failure.category())) {
              reply.failed(failure);
              return;
            }
            int next = (index + 1) % servers.size();
            if (Math.floorMod(current, servers.size()) == index) {
              current = next;
            }
            if (othersLeft > 0) {
              ask(servers, request, next, othersLeft - 1, reply);
            } else {
              reply.failed(failure);
            }
          }
        });
  }

  /** Whether another server may do better. */
  private static boolean mayBeOthers(FailureCategory category) {
    return switch (category) {
      case UNAVAILABLE, TIMEOUT, INTERNAL, OVERLOADED, UNKNOWN_OUTCOME -> true;
      case INVALID_ARGUMENT, NOT_FOUND, UNAUTHENTICATED -> false;
    };
  }
}
