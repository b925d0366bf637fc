package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.CheckListener;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions, and passes on what brokers ask. Called on loops only.
 *
 * <p>A broker that asks has stored the half message anew, and asks about that copy until the copy
 * is ended, whatever became of the message meanwhile: committing both delivers twice. So what a
 * broker asks for is first looked up by its unique id among what was delivered, and a copy of that
 * is dropped without asking anybody. The same is looked up before a transaction is committed again
 * whose first commit got no answer.
 *
 * <p>Ends are always flagged as answers to a check, since brokers otherwise refuse those that come
 * later than the transaction's own time: whoever decides late has decided all the same.
 */
final class Transactor {
  private static final Logger log = LoggerFactory.getLogger(Transactor.class);

  private final RemotingClient client;
  private final Unsettled unsettled = new Unsettled();

  Transactor(RemotingClient client) {
    this.client = client;
  }

  /** Handles whose commit got no answer; the oldest make way. Safe for use by several threads. */
  private static final class Unsettled {
    private static final int MOST = 10_000;

    private final Set<String> handles = new LinkedHashSet<>();

    synchronized void add(String handle) {
      handles.add(handle);
      if (handles.size() > MOST) {
        Iterator<String> oldest = handles.iterator();
        oldest.next();
        oldest.remove();
      }
    }

    synchronized void remove(String handle) {
      handles.remove(handle);
    }

    synchronized boolean contains(String handle) {
      return handles.contains(handle);
    }
  }

  /** Joins the producer group, so that brokers ask, and tells the listener what they ask. */
  void listen(String producerGroup, CheckListener listener) {
    client
        .transactions()
        .onCheck((from, check) -> asked(from, check.half(), check.message(), listener));
    client.memberships().joinProducers(producerGroup);
  }

  private void asked(
      Endpoint from, HalfMessage half, StoredMessage message, CheckListener listener) {
    BegunTransaction transaction = new BegunTransaction(half, message.bornTimestamp());
    unlessDelivered(
        from,
        transaction,
        () -> drop(half),
        () ->
            listener.asked(
                new TransactionCheck(
                    transaction.handle(),
                    SentMessages.of(message),
                    message.properties().getOrDefault(HalfTerms.NOTE, ""))));
  }

  /** Where this fails the broker asks again. */
  private void drop(HalfMessage half) {
    client
        .transactions()
        .end(
            half,
            EndTransaction.Resolution.ROLLBACK,
            true,
            timeoutMillis(),
            Then.of(
                done -> {},
                failure -> log.debug("a copy of {} is asked for again", half, failure)));
  }

  /** Where it cannot be known it counts as not delivered: twice is better than never. */
  private void unlessDelivered(
      Endpoint master, BegunTransaction transaction, Runnable delivered, Runnable otherwise) {
    HalfMessage half = transaction.half();
    client
        .commands()
        .call(
            master,
            new DeliveredQuery(half.topic(), half.messageId(), transaction.beganAt()),
            Commands.Effect.READS,
            timeoutMillis(),
            Then.of(
                found -> (found ? delivered : otherwise).run(),
                failure -> {
                  log.debug("whether {} was delivered is not known", half, failure);
                  otherwise.run();
                }));
  }

  /** See {@code Upstream.end}. */
  void end(String handle, Resolution resolution, Completion<Void> completion) {
    BegunTransaction transaction;
    try {
      transaction = BegunTransaction.parse(handle);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    Runnable end = () -> end(handle, transaction.half(), resolution, completion);
    boolean again = resolution == Resolution.COMMIT && unsettled.contains(handle);
    Endpoint master = again ? masterOf(transaction.half()) : null;
    if (master == null) {
      end.run();
    } else {
      unlessDelivered(
          master,
          transaction,
          () -> {
            unsettled.remove(handle);
            Completion.succeed(completion);
          },
          end);
    }
  }

  private @Nullable Endpoint masterOf(HalfMessage half) {
    Route route = client.routes().cached(half.topic());
    Broker broker = route == null ? null : route.broker(half.brokerName());
    return broker == null ? null : broker.master();
  }

  private void end(
      String handle, HalfMessage half, Resolution resolution, Completion<Void> completion) {
    client
        .transactions()
        .end(
            half,
            of(resolution),
            true,
            timeoutMillis(),
            Then.of(
                done -> {
                  unsettled.remove(handle);
                  Completion.succeed(completion);
                },
                failure -> {
                  GatewayException failed = Failures.ofEnd(failure, half.topic());
                  if (resolution == Resolution.COMMIT
                      && failed.category() == ErrorCategory.UNKNOWN_OUTCOME) {
                    unsettled.add(handle);
                  }
                  completion.failed(failed);
                }));
  }

  private static EndTransaction.Resolution of(Resolution resolution) {
    return switch (resolution) {
      case COMMIT -> EndTransaction.Resolution.COMMIT;
      case ROLLBACK -> EndTransaction.Resolution.ROLLBACK;
      case UNKNOWN -> EndTransaction.Resolution.UNKNOWN;
    };
  }

  private long timeoutMillis() {
    return client.options().callTimeout().toMillis();
  }
}
