package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.upstreams.UpstreamLease;

/**
 * Reads of queues from offsets on: one request, one answer. What is read is not held, renewed or
 * acknowledged. Safe for use by any thread; completions run on the calling loop.
 */
public interface PullPath {

  /**
   * Reads once. Fails with {@code INVALID_ARGUMENT} about {@code FILTER} where the tags are
   * malformed; else as {@link dev.sluice.gateway.spi.Upstream#pull} does.
   *
   * @param lease open until the completion is called
   */
  Cancellable pull(UpstreamLease lease, PullRequest request, Completion<Pulled> completion);
}
