package dev.sluice.rocketmq.remoting;

import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes replies, and makes replies out of replies. */
final class Replies {
  private static final Logger log = LoggerFactory.getLogger(Replies.class);

  private Replies() {}

  /** Completes; what the reply throws ends here. */
  static <T> void finish(Reply<T> reply, T value) {
    try {
      reply.done(value);
    } catch (RuntimeException e) {
      log.error("A reply's done() threw", e);
    }
  }

  /** Fails; what the reply throws ends here. */
  static void fail(Reply<?> reply, ClientException failure) {
    try {
      reply.failed(failure);
    } catch (RuntimeException e) {
      log.error("A reply's failed() threw", e);
    }
  }

  /** Passes success on, and gives failures to the handler instead. */
  static <T> Reply<T> orElse(Reply<T> reply, Consumer<ClientException> handler) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        reply.done(value);
      }

      @Override
      public void failed(ClientException failure) {
        handler.accept(failure);
      }
    };
  }

  /** Gives success to the next step, and passes failures on. */
  static <T> Reply<T> then(Reply<?> reply, Consumer<T> next) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        next.accept(value);
      }

      @Override
      public void failed(ClientException failure) {
        reply.failed(failure);
      }
    };
  }

  /** Passes on what the function makes of the value; what it throws as ClientException fails. */
  static <T, R> Reply<T> map(Function<T, R> function, Reply<R> reply) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        R mapped;
        try {
          mapped = function.apply(value);
        } catch (ClientException e) {
          reply.failed(e);
          return;
        }
        reply.done(mapped);
      }

      @Override
      public void failed(ClientException failure) {
        reply.failed(failure);
      }
    };
  }

  /** Runs when the call is over, however it ended. */
  static <T> Reply<T> whenOver(Runnable next) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        next.run();
      }

      @Override
      public void failed(ClientException failure) {
        next.run();
      }
    };
  }
}
