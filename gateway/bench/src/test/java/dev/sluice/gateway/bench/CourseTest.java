package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CourseTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final Window window = new Window(2 * SECOND, 10 * SECOND, OptionalLong.empty());
  private final Recordings recordings = new Recordings(window, Mode.SEND);
  private final List<Second> told = new ArrayList<>();
  private final Course course =
      new Course(
          window,
          recordings,
          new Progress() {
            @Override
            public void second(Second second) {
              told.add(second);
            }

            @Override
            public void draining() {}

            @Override
            public void over() {}
          },
          0);

  private void store(int count, long due) {
    for (int i = 0; i < count; i++) {
      recordings.stored(due, due + 4 * MILLISECOND);
    }
  }

  @Test
  void theWarmUpIsToldAndNotKept() {
    for (int second = 1; second <= 4; second++) {
      store(100 * second, second * SECOND - SECOND / 2);
      course.look(second * SECOND);
    }

    assertThat(told).extracting(Second::at).containsExactly(-1.0, 0.0, 1.0, 2.0);
    assertThat(course.seconds()).isEqualTo(told.subList(2, 4));
  }

  @Test
  void eachSecondHasWhatCameInIt() {
    course.look(2 * SECOND);
    store(300, 2 * SECOND);
    course.look(3 * SECOND);
    course.look(5 * SECOND);

    assertThat(course.seconds()).extracting(Second::perSecond).containsExactly(300.0, 0.0);
    assertThat(course.seconds().getFirst().p50Millis()).isBetween(3.99, 4.01);
    assertThat(course.seconds().getLast().p50Millis()).isZero();
  }

  @Test
  void tooShortATimeGoesIntoTheNext() {
    course.look(2 * SECOND);
    store(10, 2 * SECOND);
    course.look(2 * SECOND + SECOND / 4);
    store(10, 2 * SECOND + SECOND / 2);
    course.look(3 * SECOND);

    assertThat(course.seconds()).extracting(Second::perSecond).containsExactly(20.0);
  }

  @Test
  void looksAreDueAtWholeSecondsOfWhatCounts() {
    assertThat(course.next()).isEqualTo(SECOND);

    course.look(2 * SECOND + 3 * MILLISECOND);

    assertThat(course.next()).isEqualTo(3 * SECOND);
  }
}
