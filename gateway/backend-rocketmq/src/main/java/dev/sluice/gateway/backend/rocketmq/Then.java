package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import java.util.function.Consumer;

/**
 * A reply made of two functions.
 *
 * @param <T> what the call gives
 */
record Then<T>(Consumer<T> next, Consumer<ClientException> otherwise) implements Reply<T> {

  /** Goes on with what the call gives, or passes its failure on. */
  static <T> Reply<T> of(Consumer<T> next, Consumer<ClientException> otherwise) {
    return new Then<>(next, otherwise);
  }

  @Override
  public void done(T value) {
    next.accept(value);
  }

  @Override
  public void failed(ClientException failure) {
    otherwise.accept(failure);
  }
}
