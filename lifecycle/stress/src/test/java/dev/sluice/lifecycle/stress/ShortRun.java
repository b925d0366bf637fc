package dev.sluice.lifecycle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * Runs a jcstress test within this process, in a second instead of minutes: two threads walk over
 * the same states, so that they meet in many of them. Finds a race that is wide open, not one that
 * needs a rare order of instructions. Other modules' stress tests use it too.
 */
public final class ShortRun {

  private static final int STRIDE = 500;
  private static final int SPINS = 2_000;
  private static final int FARTHEST = 40;

  private final Class<?> test;
  private final List<Method> actors;
  private final Method arbiter;
  private final Class<?> resultType;
  private final Map<String, Integer> seen = new TreeMap<>();

  /** Of a class that is a jcstress test of two actors and an arbiter. */
  public ShortRun(Class<?> test) {
    this.test = test;
    this.actors = methods(test, Actor.class);
    this.arbiter = methods(test, Arbiter.class).getFirst();
    this.resultType = arbiter.getParameterTypes()[0];
    assertThat(actors).as("actors of %s", test).hasSize(2);
  }

  private static List<Method> methods(Class<?> test, Class<? extends Annotation> marked) {
    return Arrays.stream(test.getMethods()).filter(m -> m.isAnnotationPresent(marked)).toList();
  }

  /** What came out how often, by the result as text. */
  public Map<String, Integer> run(long millis) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(actors.size());
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      do {
        stride(threads);
      } while (System.nanoTime() < end);
    } finally {
      threads.shutdownNow();
    }
    return seen;
  }

  private void stride(ExecutorService threads) throws Exception {
    var states = new ArrayList<Object>();
    var results = new ArrayList<Object>();
    for (int i = 0; i < STRIDE; i++) {
      states.add(test.getConstructor().newInstance());
      results.add(resultType.getConstructor().newInstance());
    }
    var arrived = new AtomicInteger();
    var running = new ArrayList<Future<?>>();
    for (Method actor : actors) {
      int lead = running.size() % 2 == 0 ? 1 : -1;
      running.add(threads.submit(() -> act(actor, states, results, arrived, lead)));
    }
    for (Future<?> each : running) {
      each.get(10, TimeUnit.MINUTES); // they meet at every step, each time when both run
    }
    for (int i = 0; i < STRIDE; i++) {
      call(arbiter, states.get(i), results.get(i));
      seen.merge(results.get(i).toString(), 1, Integer::sum);
    }
  }

  private @Nullable Void act(
      Method actor, List<Object> states, List<Object> results, AtomicInteger arrived, int lead)
      throws Exception {
    for (int i = 0; i < STRIDE; i++) {
      meet(arrived, actors.size() * (i + 1));
      // From the one far ahead to the other far ahead, so that they meet at every step of each.
      int offset = lead * (i % (2 * FARTHEST) - FARTHEST);
      for (int step = 0; step < offset; step++) {
        Thread.onSpinWait();
      }
      call(actor, states.get(i), results.get(i));
    }
    return null;
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on the yield but how often they meet
  private static void meet(AtomicInteger arrived, int all) {
    arrived.incrementAndGet();
    for (int spins = 0; arrived.get() < all; spins++) {
      // The other may need this processor to arrive.
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private static void call(Method method, Object state, Object result) throws Exception {
    if (method.getParameterCount() == 0) {
      method.invoke(state);
    } else {
      method.invoke(state, result);
    }
  }

  /** What came out and is not among the outcomes that the test expects. */
  public List<String> unexpected() {
    Outcome[] expected = test.getAnnotationsByType(Outcome.class);
    return seen.keySet().stream()
        .filter(
            result ->
                Arrays.stream(expected)
                    .flatMap(outcome -> Arrays.stream(outcome.id()))
                    .noneMatch(result::matches))
        .toList();
  }
}
