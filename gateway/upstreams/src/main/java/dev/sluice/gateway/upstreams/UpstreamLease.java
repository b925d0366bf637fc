package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.UpstreamSpec;
import org.jspecify.annotations.Nullable;

/**
 * One holder's claim to a shared upstream. The upstream is started by the first {@link #use},
 * closed when nobody has used it for the lease's idle time (never while a {@link Idle#PINNED} lease
 * is open), and started anew by the next use. Safe for use by any thread.
 */
public sealed interface UpstreamLease extends AutoCloseable permits Lease {

  /** How long the upstream stays open unused on behalf of a lease. */
  enum Idle {
    /** As long as {@link GatewaySettings.UpstreamSettings#producerIdle}. */
    PRODUCER,
    /** As long as {@link GatewaySettings.UpstreamSettings#consumerIdle}. */
    CONSUMER,
    /** As long as the lease is open. */
    PINNED
  }

  /** What it is a lease of. Holds a secret: not for logs, although it does not print it. */
  UpstreamSpec spec();

  /** Where it leads. */
  Endpoint endpoint();

  /**
   * The upstream if it is open now, and counts as a use; null where {@link #use} has to start it.
   * One volatile read. Not to be kept beyond the call that it was asked for.
   */
  @Nullable ActiveUpstream current();

  /**
   * Starts the upstream unless it is open; callers share one start. Fails with what its start
   * failed with, or {@link dev.sluice.gateway.spi.ErrorCategory#UNAVAILABLE} after {@link #close}.
   * The completion runs on the calling loop, at once where the upstream is open.
   */
  void use(Completion<ActiveUpstream> completion);

  /**
   * How a group is to consume, as the message system said within the last few seconds; asked for
   * where it is not known, once for all who ask meanwhile. A change there is seen some 10 s later.
   * Fails as {@link dev.sluice.gateway.spi.Upstream#group} does. The completion runs on the calling
   * loop, at once where the group is known.
   */
  void group(String group, Completion<ConsumerGroup> completion);

  /**
   * Who answers what administrators ask the groups' members behind the upstream, for all who share
   * it; the last one wins. Also when the upstream is started anew, and beyond the lease's end.
   */
  void answer(MemberInquiries inquiries);

  /** Gives the claim up. Idempotent. */
  @Override
  void close();
}
