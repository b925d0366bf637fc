package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProcessQueueTest {
  private final ProcessQueue queue = new ProcessQueue();

  @Test
  void theGroupIsAsFarAsTheFirstThatIsNotConsumed() throws InterruptedException {
    queue.put(messages(5, 8), 9);

    assertThat(queue.remove(List.of(taken(6)))).hasValue(5);
    assertThat(queue.remove(List.of(taken(5)))).hasValue(7);
    assertThat(queue.remove(List.of(taken(8)))).hasValue(7);
    assertThat(queue.remove(List.of(taken(7)))).hasValue(9);
  }

  @Test
  void whatIsFilteredOutCountsOnceEverythingBeforeItIsConsumed() throws InterruptedException {
    assertThat(queue.put(List.of(), 4)).hasValue(4);
    assertThat(queue.put(messages(4, 4), 7)).isEmpty();
    assertThat(queue.put(List.of(), 12)).isEmpty();

    assertThat(queue.remove(List.of(taken(4)))).hasValue(12);
  }

  @Test
  void inAnyOrderOfResultsNothingIsPassedOverAndAllIsCountedInTheEnd() {
    Seeds.forAll(
        200,
        seeds -> {
          ProcessQueue any = new ProcessQueue();
          List<ReceivedMessage> open = new ArrayList<>();
          Set<Long> unconsumed = new HashSet<>();
          long next = seeds.between(0, 100);
          long committed = next;
          for (int step = 0; step < 60; step++) {
            if (open.isEmpty() || seeds.chance(40)) {
              List<ReceivedMessage> pulled = new ArrayList<>();
              for (int count = seeds.between(0, 5); count > 0; count--) {
                next += seeds.between(0, 2);
                pulled.add(StoredSamples.at(next, 1));
                unconsumed.add(next++);
              }
              committed = Math.max(committed, any.put(pulled, next).orElse(committed));
              open.addAll(pulled);
            } else {
              ReceivedMessage one = open.remove(seeds.between(0, open.size() - 1));
              unconsumed.remove(one.queueOffset());
              committed = Math.max(committed, any.remove(List.of(one)).orElseThrow());
            }
            long reached = committed;
            assertThat(unconsumed).noneMatch(offset -> offset < reached);
          }
          for (ReceivedMessage one : open) {
            committed = Math.max(committed, any.remove(List.of(one)).orElseThrow());
          }
          assertThat(committed).isEqualTo(next);
          assertThat(any.size()).isZero();
          assertThat(any.bytes()).isZero();
        });
  }

  @Test
  void thereIsRoomWhileCountBytesAndSpanAreBelowTheirLimits() throws Exception {
    queue.put(List.of(StoredSamples.at(0, 10), StoredSamples.at(20, 10)), 21);

    assertThat(waits(new FlowLimits(2, 100, 100))).isTrue();
    assertThat(waits(new FlowLimits(100, 20, 100))).isTrue();
    assertThat(waits(new FlowLimits(100, 100, 20))).isTrue();
    assertThat(queue.awaitRoom(() -> new FlowLimits(3, 21, 21))).isTrue();
  }

  /** Whether it waits for room; it is told that the queue ends, so that it does not for ever. */
  private boolean waits(FlowLimits limits) throws Exception {
    ProcessQueue full = new ProcessQueue();
    full.put(List.of(StoredSamples.at(0, 10), StoredSamples.at(20, 10)), 21);
    CompletableFuture<Void> looked = new CompletableFuture<>();
    CompletableFuture<Boolean> room = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    room.complete(
                        full.awaitRoom(
                            () -> {
                              looked.complete(null);
                              return limits;
                            }));
                  } catch (InterruptedException e) {
                    room.completeExceptionally(e);
                  }
                });
    looked.get(10, TimeUnit.SECONDS);
    full.end();
    waiting.join();
    return !room.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatWasClearedOrHasEndedCountsNoMore() throws InterruptedException {
    List<ReceivedMessage> old = messages(1, 2);
    queue.put(old, 3);
    queue.clear();
    queue.put(List.of(StoredSamples.at(1, 1)), 2);

    assertThat(queue.remove(old)).isEmpty();
    assertThat(queue.begin(old)).isFalse();

    ReceivedMessage fresh = taken(1);
    assertThat(queue.begin(List.of(fresh))).isTrue();
    queue.end();
    assertThat(queue.remove(List.of(fresh))).isEmpty();
    assertThat(queue.put(List.of(), 9)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void itIsQuietWhenTheLastHandlerHasEnded() {
    List<ReceivedMessage> batch = messages(0, 0);
    queue.put(batch, 1);
    assertThat(queue.begin(batch)).isTrue();

    CompletableFuture<?> quiet = queue.ending();

    assertThat(queue.begin(batch)).isFalse();
    assertThat(quiet).isNotDone();
    assertThat(queue.remove(batch)).hasValue(1);
    queue.finish();
    assertThat(quiet).isCompleted();
  }

  private List<ReceivedMessage> messages(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(at -> StoredSamples.at(at, 1)).toList();
  }

  /** A message that is in the queue. */
  private ReceivedMessage taken(long offset) throws InterruptedException {
    return queue.awaitFirst(Integer.MAX_VALUE).stream()
        .filter(each -> each.queueOffset() == offset)
        .findFirst()
        .orElseThrow();
  }
}
