package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.Set;

/**
 * Transactions: a message is stored first and delivered when it is committed. Safe for use by any
 * thread; completions run on the calling loop.
 *
 * <p>A transaction's id is a sealed token that carries all that ending it needs: any instance with
 * the same cluster key ends it, at any later time. Nothing is remembered for it.
 *
 * <p>The message carries who decides: with {@link Mode#AUTO} it is committed as soon as it is
 * stored, and by whichever instance the message system asks where that got lost; with {@link
 * Mode#MANUAL} its caller ends it, or a {@linkplain ProducerSession#checks checker} of the same
 * topic, caller and access key, at whichever instance is asked.
 *
 * <p>The message system asks only while some instance has an upstream to it open. A checker keeps
 * its upstream open, and so does, for a few minutes, an automatic commit that was not confirmed.
 * Message systems give up asking after a while (RocketMQ after 15 times); a manual transaction
 * without a checker is never asked for in vain, but stays undelivered until its caller ends it.
 */
public interface TransactionPath {

  /** Who decides a transaction. */
  enum Mode {
    /** The gateway commits it. */
    AUTO,
    /** Its caller. */
    MANUAL
  }

  /** The longest time until a first check. */
  Duration MAX_CHECK_AFTER = Duration.ofHours(12);

  /**
   * A transaction that was begun; with {@link Mode#AUTO} it is committed.
   *
   * @param messageId its message's unique id
   * @param transactionId what {@link #end} is called with
   */
  record Transaction(String messageId, String transactionId) {}

  /**
   * Stores a message, and commits it where the mode says so. Goes alone, without schedule. Nothing
   * is sent twice: after {@code UNKNOWN_OUTCOME} it may be stored, or stored and not committed yet;
   * after every other failure it is not. {@code OVERLOADED} at once when as many transactions are
   * under way as messages may be, {@code UNSUPPORTED} where the message system has none.
   *
   * @param caller who begins it: only the same caller ends it, or is asked
   * @param lease open until the completion is called
   * @param checkAfter when the message system asks first, where it is not ended by then; zero for
   *     its own time. Whole seconds, up to {@link #MAX_CHECK_AFTER}
   */
  void begin(
      Caller caller,
      UpstreamLease lease,
      OutboundMessage message,
      Mode mode,
      Duration checkAfter,
      Completion<Transaction> completion);

  /**
   * Ends a transaction that was begun with {@link Mode#MANUAL}, by its id from {@link #begin} or
   * from a check. Never repeated by itself: after {@code UNKNOWN_OUTCOME} it may be ended, and is
   * asked for again where it is not.
   *
   * <p>This instance remembers for a while what it has ended: ending it the same way again
   * succeeds, another way is {@code FAILED_PRECONDITION}. Through different instances the message
   * system does what it is told each time, and may deliver what was rolled back, or deliver twice.
   *
   * <p>{@code NOT_FOUND} for an id that does not open, is another endpoint's, another caller's or
   * another access key's, or whose message is not stored any more.
   *
   * @param caller who ends it
   * @param lease of the endpoint and access key that it was begun with
   */
  void end(
      Caller caller,
      UpstreamLease lease,
      String transactionId,
      Resolution resolution,
      Completion<Void> completion);

  /**
   * Begins to hand the checks of undecided transactions to the sink, as {@link
   * ProducerSession#checks} does, for callers without a session.
   *
   * @param caller whose transactions
   * @param lease of the endpoint and access key that they were begun with; open until the stream is
   *     closed
   * @param topics of their messages; not empty
   * @return to be closed by whoever called; only an upstream that does not start ends it before
   * @throws dev.sluice.gateway.spi.GatewayException with {@code UNAVAILABLE} where the gateway does
   *     not accept
   */
  CheckStream checks(Caller caller, UpstreamLease lease, Set<String> topics, CheckSink sink);
}
