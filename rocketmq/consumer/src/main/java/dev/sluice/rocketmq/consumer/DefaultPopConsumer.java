package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Refuses what cannot be, and waits. */
final class DefaultPopConsumer implements PopConsumer {
  private final PopConsumerOptions options;
  private final ClientRuntimes runtimes;
  private final Namespace namespace;
  private final Lifetime<PopMember> lifetime;

  DefaultPopConsumer(PopConsumerOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
    this.namespace = new Namespace(options.client().namespace());
    this.lifetime = new Lifetime<>("pop consumer of " + options.group());
  }

  @Override
  public void start() {
    lifetime.start(() -> PopMember.join(options, namespace, runtimes));
  }

  @Override
  public PopConsumerOptions options() {
    return options;
  }

  @Override
  public List<Delivery> receive(int max, Duration wait, Duration invisible) {
    PopMember member = checked(max, wait, invisible);
    return Blocking.on(() -> member.receive(max, wait, invisible));
  }

  @Override
  public CompletableFuture<List<Delivery>> receiveAsync(
      int max, Duration wait, Duration invisible) {
    return checked(max, wait, invisible).receiveAsync(max, wait, invisible);
  }

  private PopMember checked(int max, Duration wait, Duration invisible) {
    Checks.range("max", max, 1, MAX_MESSAGES);
    Checks.range("wait", wait, Duration.ZERO, Duration.ofDays(1));
    Checks.range("invisible", invisible, PopConsumerOptions.SHORTEST, PopConsumerOptions.LONGEST);
    return lifetime.running();
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return lifetime.closeAsync(deadline);
  }
}
