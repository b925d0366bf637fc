package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The command line's own connection to the message system, for one question. */
final class UpstreamClient {
  static final String STANDARD = "127.0.0.1:9876";

  private static final Duration ANSWER_TIME = Duration.ofSeconds(15);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

  /** What is asked. */
  @FunctionalInterface
  interface Question<T> {
    void ask(Upstream upstream, Completion<T> completion);
  }

  private UpstreamClient() {}

  /**
   * Connects, asks, closes.
   *
   * @param address as given as a flag; null for the environment's, or the usual one
   * @throws CommandException where there is no answer
   */
  static <T> T with(@Nullable String address, Question<T> question) throws InterruptedException {
    String variable = System.getenv().getOrDefault(Setting.UPSTREAM.name(), "");
    String endpoint = address != null ? address : variable.isBlank() ? STANDARD : variable;
    Ledger ledger = Ledger.create();
    EventLoops loops = EventLoops.owned(1, ledger);
    loops.start();
    try {
      Upstream upstream =
          new RocketMQSystem(line -> {})
              .backend(
                  loops,
                  ledger,
                  Clock.system(),
                  new BrokerTerms(ANSWER_TIME, false, Set.of(), Optional.empty()))
              .connect(new UpstreamSpec(endpoint, "", Credentials.NONE));
      try {
        UpstreamClient.<Capabilities>await(endpoint, upstream::start);
        return UpstreamClient.<T>await(endpoint, completion -> question.ask(upstream, completion));
      } finally {
        upstream.close(Deadline.after(CLOSE_TIME));
      }
    } catch (GatewayException e) {
      throw explain(endpoint, e);
    } finally {
      loops.close(Deadline.after(CLOSE_TIME));
    }
  }

  private static <T> T await(String endpoint, Consumer<Completion<T>> asking)
      throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    asking.accept(
        new Completion<>() {
          @Override
          public void done(T value) {
            answer.complete(value);
          }

          @Override
          public void failed(GatewayException failure) {
            answer.completeExceptionally(failure);
          }
        });
    try {
      return answer.get(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GatewayException failure) {
        throw explain(endpoint, failure);
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new CommandException(
          ExitCodes.UNAVAILABLE,
          endpoint
              + ": no answer within "
              + ANSWER_TIME.toSeconds()
              + " s (expected: a RocketMQ name server)");
    }
  }

  private static CommandException explain(String endpoint, GatewayException failure) {
    if (failure.category() == ErrorCategory.UNAVAILABLE
        || failure.category() == ErrorCategory.TIMEOUT) {
      return new CommandException(
          ExitCodes.UNAVAILABLE,
          "no RocketMQ at "
              + endpoint
              + " (start one with 'sluice serve', or name another name server with --upstream"
              + " host:port): "
              + failure.getMessage());
    }
    return new CommandException(ExitCodes.FAILED, String.valueOf(failure.getMessage()));
  }
}
