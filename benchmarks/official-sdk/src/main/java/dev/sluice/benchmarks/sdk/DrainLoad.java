package dev.sluice.benchmarks.sdk;

import java.util.concurrent.Callable;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Drains a topic's messages by a push consumer; measured from the first handled to the last. */
@Command(name = "drain", mixinStandardHelpOptions = true, description = "A push consumer's drain.")
final class DrainLoad implements Callable<Integer> {

  @Mixin private final Target target = new Target();

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--group", required = true, description = "A group with all messages before it.")
  private String group;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--warm-up-group", required = true, description = "Another such group.")
  private String warmUpGroup;

  @Option(names = "--warm-up", description = "Seconds at most, default ${DEFAULT-VALUE}.")
  private int warmUp = 15;

  @Option(names = "--count", description = "Messages, default ${DEFAULT-VALUE}.")
  private int count = 180_000;

  @Option(names = "--threads", description = "Of the consumer, default ${DEFAULT-VALUE}.")
  private int threads = 8;

  @Option(names = "--patience", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int patience = 600;

  @Override
  public Integer call() throws Exception {
    drain(warmUpGroup, new Handling(count, false), warmUp);
    var measured = new Handling(count, true);
    drain(group, measured, patience);
    if (!measured.isOver()) {
      throw new IllegalStateException(
          "handled " + measured.handled() + " of " + count + " messages in " + patience + " s");
    }
    return 0;
  }

  private void drain(String group, Handling handling, int seconds) throws Exception {
    PushConsumer consumer = target.consumer(group, threads, handling);
    handling.await(seconds);
    Target.leave(consumer);
  }
}
