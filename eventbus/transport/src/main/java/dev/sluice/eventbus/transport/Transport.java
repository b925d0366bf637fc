package dev.sluice.eventbus.transport;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Deadline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A broker, as the bus uses it: one connection, one membership of one group, for the topics that
 * were declared when it was made. All methods may be called on any thread, and none blocks.
 *
 * <p>Closing commits the frontiers of all flows, revokes them, leaves the group, fails what was
 * being published, and disconnects. It comes after the bus has drained its handlers.
 */
public interface Transport extends BoundedCloseable {

  /** A word for reports and metrics, such as {@code kafka}. */
  String name();

  /** Connects and joins in the background; does not fail when the broker is away. */
  void start();

  /**
   * Hands a message to the broker.
   *
   * @param deadline by which it should be done. The bus itself ends what is not: what is not yet
   *     written then must not be written any more, as far as the broker's client allows.
   * @return completes once; fails with an {@link dev.sluice.eventbus.EventBusException}
   */
  CompletableFuture<Published> publish(String topic, OutboundMessage message, Deadline deadline);

  /**
   * Begins to hand out a declared topic. No rebalance: what was held so far goes on from where the
   * group is. For each partition that is or becomes assigned the intake opens a flow.
   */
  void attach(String topic, Intake intake);

  /**
   * Fetches no more of a topic; its flows stay open, what is resolved is committed, and the
   * membership goes on.
   */
  void quiesce(String topic);

  /**
   * Ends handing out a topic: commits the frontiers, revokes the flows, and holds the topic again,
   * from there. Other topics do not notice.
   *
   * @return completes when it is committed; fails if that failed, which leaves what was resolved
   *     since the last commit to come again
   */
  CompletionStage<Void> detach(String topic);

  /**
   * Reads a topic, of any kind, without consuming it.
   *
   * @param from where to begin: null for the beginning, or the position behind which to begin,
   *     whether a message is there or not; -1 is the offset before the first
   * @param max at most 1000
   * @return what there is, oldest first within a partition; may be fewer, empty at the end. Where
   *     there is no such topic it fails as NOT_FOUND, or is empty where topics are made when they
   *     are first used; for a transport that declares no topics it fails in either case.
   */
  CompletionStage<List<InboundMessage>> browse(
      String topic, @org.jspecify.annotations.Nullable String from, int max);

  /** What there is of the topics' partitions, as far as it is known without asking. */
  List<PartitionStatus> partitions();

  /** Whether the broker can be reached, as far as it is known without asking. */
  TransportHealth health();
}
