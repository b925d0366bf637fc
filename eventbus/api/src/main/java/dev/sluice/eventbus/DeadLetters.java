package dev.sluice.eventbus;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a group's handlers failed to handle as often as they may. Dead letters stay where they are:
 * replaying one publishes its message to its topic again, with its key and headers, and then notes
 * beside it, in the dead-letter topic, that it was replayed.
 *
 * <p><b>At least once.</b> A dead letter may be there twice, when the broker's answer was lost. A
 * replay whose note could not be written, or that was cut off between the two, fails; its message
 * may come twice then, as {@link #replayAll} replays it again. So it does where two replay at the
 * same time.
 *
 * <p>A bus that declares no topics joins no group, and looks after the dead letters of any topic:
 * who only inspects and replays takes no partition from the members that consume.
 *
 * <p>For any number of threads; nothing here blocks. Futures fail with an {@link
 * EventBusException}: UNAVAILABLE when the bus closes; NOT_FOUND where the broker has no such
 * dead-letter topic. Where topics are made when they are first used, as over NATS, that only
 * happens to a bus that declares none; to others there are no dead letters yet.
 */
public interface DeadLetters {

  /**
   * Lists dead letters, oldest first within a partition, those that were replayed included.
   *
   * @param topic that they were consumed from, one of the bus's where it declares any
   * @param from the position after which to begin; null for the beginning
   * @param max 1 to 1000
   */
  CompletableFuture<List<DeadLetter>> list(String topic, @Nullable String from, int max);

  /**
   * Looks one up.
   *
   * @param topic that it was consumed from, one of the bus's where it declares any
   * @param position of the dead letter
   * @return nothing where no dead letter is there; fails as INVALID_ARGUMENT for what is no
   *     position
   */
  CompletableFuture<Optional<DeadLetter>> find(String topic, String position);

  /** Publishes a dead letter's message to its topic again, whether it was before or not. */
  CompletableFuture<Published> replay(DeadLetter letter);

  /**
   * Replays what was not replayed yet, one after the other, oldest first within a partition. Reads
   * the whole dead-letter topic for that. What becomes a dead letter meanwhile, as what fails again
   * does, is left for the next call. Ends at the first that fails, with its failure; what was
   * replayed until then is noted.
   *
   * @param topic that they were consumed from, one of the bus's where it declares any
   * @param max how many at most, 1 to 100,000
   */
  CompletableFuture<Replayed> replayAll(String topic, int max);

  /**
   * What {@link #replayAll} did.
   *
   * @param replayed messages
   * @param left that were not replayed, as there were more than the maximum
   */
  record Replayed(int replayed, long left) {}
}
