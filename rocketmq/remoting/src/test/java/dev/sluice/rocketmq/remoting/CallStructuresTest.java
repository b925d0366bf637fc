package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table and the wheel of pending calls, against simple models. */
class CallStructuresTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private Connection connection;
  private Tally tally;

  @BeforeEach
  void connection(Ledger ledger) {
    tally = ledger.tally("pending call", "test");
    ConnectionSettings settings =
        new ConnectionSettings(
            "test",
            new NameServerAddresses(List.of()),
            null,
            NioSocketChannel.class,
            FrameLimits.defaults(),
            new FrameEncoder(HeaderForm.JSON),
            new CallLimits(1, 1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Clock.system(),
            ledger,
            tally,
            new Processors(),
            null);
    connection = new Connection(new LoopCore(loop, settings), new Endpoint("127.0.0.1", 1));
  }

  @AfterEach
  void close() {
    tally.close();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private PendingCall<Long> call(int opaque, long deadlineNanos) {
    PendingCall<Long> call =
        new PendingCall<>(
            connection,
            new GetMaxOffset("t", 0),
            Effect.READS,
            false,
            deadlineNanos,
            new CountedReply<>());
    call.opaque = opaque;
    return call;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theTableHoldsWhatAMapWouldHold(long seed) {
    Random random = new Random(seed);
    PendingCalls table = new PendingCalls();
    Map<Integer, PendingCall<?>> model = new HashMap<>();
    int next = random.nextInt();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(100) < 52) {
        next += 1 + random.nextInt(3) * 64;
        if (!model.containsKey(next)) {
          PendingCall<Long> call = call(next, 0);
          table.add(call);
          model.put(next, call);
        }
      } else if (!model.isEmpty()) {
        List<Integer> keys = new ArrayList<>(model.keySet());
        int victim = keys.get(random.nextInt(Math.min(keys.size(), 20)));
        assertThat(table.remove(victim)).isSameAs(model.remove(victim));
        assertThat(table.remove(victim)).isNull();
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.keySet().forEach(opaque -> assertThat(table.contains(opaque)).isTrue());
    Set<PendingCall<?>> drained = new HashSet<>();
    table.drain(drained::add);
    assertThat(drained).isEqualTo(new HashSet<>(model.values()));
    assertThat(table.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theWheelGivesEachCallOnceAtItsTimeAndNotBefore(long seed) {
    Random random = new Random(seed);
    long now = random.nextLong(Long.MAX_VALUE / 4) * (random.nextBoolean() ? 1 : -1);
    DeadlineWheel wheel = new DeadlineWheel(now);
    Set<PendingCall<?>> waiting = new HashSet<>();
    for (int step = 0; step < 3_000; step++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        PendingCall<Long> call = call(0, now + random.nextLong(30_000_000_000L));
        wheel.add(call);
        waiting.add(call);
      }
      if (!waiting.isEmpty() && random.nextInt(3) == 0) {
        PendingCall<?> answered = waiting.iterator().next();
        waiting.remove(answered);
        wheel.remove(answered);
        wheel.remove(answered);
      }
      now += random.nextLong(100_000_000L);
      for (PendingCall<?> due : wheel.advance(now)) {
        assertThat(due.deadlineNanos).isLessThanOrEqualTo(now);
        assertThat(waiting.remove(due)).isTrue();
      }
      long latest = now - 2 * DeadlineWheel.TICK_NANOS;
      assertThat(waiting)
          .as("overdue at step " + step)
          .noneMatch(call -> call.deadlineNanos < latest);
      assertThat(wheel.size()).isEqualTo(waiting.size());
    }
    long last =
        waiting.stream().map(c -> c.deadlineNanos).max(Comparator.naturalOrder()).orElse(now);
    assertThat(new HashSet<>(wheel.advance(last + 2 * DeadlineWheel.TICK_NANOS)))
        .isEqualTo(waiting);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void theBackoffDoublesUpToItsMaximumAndBeginsAnewAfterASuccess() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
    long[] base = {100, 200, 400, 800, 1000, 1000};
    for (long millis : base) {
      assertThat(backoff.failed()).isBetween(millis * 800_000, millis * 1_200_000);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.failed()).isBetween(800_000_000L, 1_200_000_000L);
    }
    backoff.succeeded();
    assertThat(backoff.failed()).isBetween(80_000_000L, 120_000_000L);
  }
}
