package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import java.util.function.Consumer;

/** Replies of two functions. */
final class Answer {
  private Answer() {}

  static <T> Reply<T> of(Consumer<? super T> done, Consumer<ClientException> failed) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        done.accept(value);
      }

      @Override
      public void failed(ClientException failure) {
        failed.accept(failure);
      }
    };
  }
}
