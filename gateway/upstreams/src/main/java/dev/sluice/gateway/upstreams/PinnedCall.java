package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;

/** The end of a call that keeps its upstream open while it is under way. */
record PinnedCall<T>(SharedUpstream shared, Completion<T> completion) implements Completion<T> {

  @Override
  public void done(T value) {
    shared.unpin();
    completion.done(value);
  }

  @Override
  public void failed(GatewayException failure) {
    shared.unpin();
    completion.failed(failure);
  }
}
