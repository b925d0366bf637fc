package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;

/** A call that keeps its upstream open while it is under way, having started it where needed. */
record PinnedCall<T>(SharedUpstream shared, Completion<T> completion) implements Completion<T> {

  static <T> void make(
      SharedUpstream shared, SharedUpstream.Call<T> call, Completion<T> completion) {
    shared.pin();
    var pinned = new PinnedCall<>(shared, completion);
    ActiveUpstream active = shared.current();
    if (active != null) {
      call.on(active.upstream(), pinned);
      return;
    }
    shared.use(
        new Completion<>() {
          @Override
          public void done(ActiveUpstream started) {
            call.on(started.upstream(), pinned);
          }

          @Override
          public void failed(GatewayException failure) {
            pinned.failed(failure);
          }
        });
  }

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
