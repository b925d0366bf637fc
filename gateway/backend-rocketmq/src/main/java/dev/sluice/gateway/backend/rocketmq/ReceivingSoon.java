package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Receiving;
import java.util.concurrent.CompletableFuture;

/** A receive that was asked for off the loops, and begins on one. */
record ReceivingSoon(CompletableFuture<Receiving> call) implements Receiving {

  @Override
  public void hasten() {
    var _ = call.thenAccept(Receiving::hasten);
  }

  @Override
  public void cancel() {
    var _ = call.thenAccept(Receiving::cancel);
  }
}
