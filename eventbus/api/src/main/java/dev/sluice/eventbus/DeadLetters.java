package dev.sluice.eventbus;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a group's handlers failed to handle as often as they may. */
public interface DeadLetters {

  /**
   * Lists dead letters, oldest first within a partition, those that were replayed included.
   *
   * @param topic that they were consumed from
   * @param from the position after which to begin; null for the beginning
   * @param max at most 1000
   */
  CompletableFuture<List<DeadLetter>> list(String topic, @Nullable String from, int max);

  /** Publishes a dead letter to its topic again, with its key; nothing is taken away. */
  CompletableFuture<Published> replay(DeadLetter letter);
}
