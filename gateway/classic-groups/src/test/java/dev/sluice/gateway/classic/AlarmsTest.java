package dev.sluice.gateway.classic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeClock;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlarmsTest {
  private static final Duration STEP = Duration.ofNanos(Alarms.STEP_NANOS);

  private final FakeClock clock = FakeClock.create();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Alarms alarms = new Alarms(channel.eventLoop(), clock);
  private final List<String> rung = new ArrayList<>();

  AlarmsTest() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    alarms.close();
    assertThat(channel.runScheduledPendingTasks()).as("a timer is left").isEqualTo(-1);
    assertThat(channel.finish()).isFalse();
  }

  private Alarms.Alarm alarm(String name) {
    return new Alarms.Alarm(() -> rung.add(name));
  }

  private void pass(Duration time) {
    clock.advance(time);
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void rings() {
    alarms.in(STEP.multipliedBy(4).toNanos(), alarm("later"));
    alarms.in(STEP.toNanos(), alarm("sooner"));

    pass(STEP.minusNanos(1));
    assertThat(rung).as("never early").isEmpty();
    pass(STEP.plusNanos(1));
    assertThat(rung).containsExactly("sooner");
    pass(STEP.multipliedBy(3));
    assertThat(rung).containsExactly("sooner", "later");
    assertThat(alarms.isEmpty()).isTrue();
  }

  @Test
  void ringsAsItWasSetLast() {
    Alarms.Alarm alarm = alarm("once");
    alarms.in(STEP.toNanos(), alarm);
    alarms.in(STEP.multipliedBy(10).toNanos(), alarm);
    Alarms.Alarm cancelled = alarm("never");
    alarms.in(STEP.toNanos(), cancelled);
    alarms.cancel(cancelled);

    pass(STEP.multipliedBy(5));
    assertThat(rung).isEmpty();
    pass(STEP.multipliedBy(6));
    assertThat(rung).containsExactly("once");
  }

  @Test
  void oneThatRingsMaySetAnother() {
    Alarms.Alarm second = alarm("second");
    alarms.in(0, new Alarms.Alarm(() -> alarms.in(0, second)));

    pass(STEP);
    pass(STEP);

    assertThat(rung).containsExactly("second");
  }

  @Test
  void nothingRingsAfterTheEnd() {
    alarms.in(STEP.toNanos(), alarm("before"));
    alarms.close();
    alarms.in(STEP.toNanos(), alarm("after"));

    pass(STEP.multipliedBy(3));

    assertThat(rung).isEmpty();
    assertThat(alarms.isEmpty()).isTrue();
  }
}
