package dev.sluice.rocketmq.remoting;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A {@link Reply} as a future, for callers that may wait: tests, the command line, start-up. Its
 * stages run on the event loop, so they must not block either.
 *
 * @param <T> what the call gives
 */
public final class FutureReply<T> extends CompletableFuture<T> implements Reply<T> {

  /**
   * Makes a call and gives its outcome, e.g. {@code FutureReply.of(r -> routes.lookup(topic, r))}.
   */
  public static <T> FutureReply<T> of(Consumer<Reply<T>> call) {
    FutureReply<T> reply = new FutureReply<>();
    call.accept(reply);
    return reply;
  }

  /**
   * Makes a call and waits for its outcome; never on an event loop.
   *
   * @throws ClientException the call's own failure, or TIMEOUT when it has none after 60 s
   */
  public static <T> T await(Consumer<Reply<T>> call) {
    FutureReply<T> reply = of(call);
    try {
      return reply.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ClientException failure) {
        throw failure;
      }
      throw new CompletionException(e.getCause());
    } catch (TimeoutException e) {
      throw ClientException.of(FailureCategory.TIMEOUT, "no reply in 60 s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ClientException.of(FailureCategory.TIMEOUT, "interrupted while waiting for a reply");
    }
  }

  @Override
  public void done(T value) {
    complete(value);
  }

  @Override
  public void failed(ClientException failure) {
    completeExceptionally(failure);
  }
}
