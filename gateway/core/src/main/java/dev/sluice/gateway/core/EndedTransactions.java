package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Resolution;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the transactions ended that this instance ended last; the oldest make way. Message systems do
 * what they are told each time, so that what was ended must not be ended otherwise, nor delivered
 * again. Safe for use by any thread.
 */
final class EndedTransactions {

  private record Key(long endpointHash, String messageId) {}

  /** How one ended, or is about to; by which of its handles. */
  private record Ended(Resolution resolution, String handle, boolean underWay) {}

  private final int max;
  private final Map<Key, Ended> ended = new LinkedHashMap<>();

  EndedTransactions(int max) {
    this.max = max;
  }

  /**
   * Claims the right to end a transaction; {@link #end} or {@link #giveUp} follows where anything
   * is to be done.
   *
   * @return what to tell the message system; null where nothing is left to be told
   * @throws GatewayException where it ended another way, or is just being ended
   */
  synchronized @Nullable Resolution claim(TransactionId id, Resolution wanted) {
    var key = new Key(id.endpointHash(), id.messageId());
    Ended before = ended.get(key);
    if (before == null) {
      put(key, new Ended(wanted, id.handle(), true));
      return wanted;
    }
    if (before.underWay) {
      throw GatewayException.overloaded(
          "transaction: is just being ended (expected: one end at once); try again in a moment");
    }
    if (before.resolution != wanted) {
      throw new GatewayException(
          ErrorCategory.FAILED_PRECONDITION,
          Subject.TRANSACTION,
          "transaction: "
              + wanted
              + " after "
              + before.resolution
              + " (expected: one that was not ended, or the same again)");
    }
    // Asked for before it was ended: another name for the same message, which was delivered once.
    return before.handle.equals(id.handle()) ? null : Resolution.ROLLBACK;
  }

  /** What was claimed is done. */
  synchronized void end(TransactionId id) {
    ended.computeIfPresent(
        new Key(id.endpointHash(), id.messageId()),
        (key, claimed) -> new Ended(claimed.resolution, claimed.handle, false));
  }

  /** What was claimed is not done, or perhaps. */
  synchronized void giveUp(TransactionId id) {
    ended.computeIfPresent(
        new Key(id.endpointHash(), id.messageId()),
        (key, claimed) -> claimed.underWay ? null : claimed);
  }

  private void put(Key key, Ended one) {
    ended.put(key, one);
    if (ended.size() > max) {
      Iterator<Key> oldest = ended.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
