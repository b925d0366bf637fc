package dev.sluice.lifecycle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * Runs a jcstress test within this process, in a second instead of minutes: two threads walk over
 * the same states, so that they meet in many of them. Finds a race that is wide open, not one that
 * needs a rare order of instructions.
 */
final class ShortRun {

  private static final int STRIDE = 500;

  private final Class<?> test;
  private final List<Method> actors;
  private final Method arbiter;
  private final Class<?> resultType;
  private final Map<String, Integer> seen = new TreeMap<>();

  ShortRun(Class<?> test) {
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
  Map<String, Integer> run(long millis) throws Exception {
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
    var states = new ArrayList<>();
    var results = new ArrayList<>();
    for (int i = 0; i < STRIDE; i++) {
      states.add(test.getConstructor().newInstance());
      results.add(resultType.getConstructor().newInstance());
    }
    var together = new CyclicBarrier(actors.size());
    var running = new ArrayList<Future<?>>();
    for (Method actor : actors) {
      running.add(
          threads.submit(
              () -> {
                together.await();
                for (int i = 0; i < STRIDE; i++) {
                  call(actor, states.get(i), results.get(i));
                }
                return null;
              }));
    }
    for (Future<?> each : running) {
      each.get(60, TimeUnit.SECONDS);
    }
    for (int i = 0; i < STRIDE; i++) {
      call(arbiter, states.get(i), results.get(i));
      seen.merge(results.get(i).toString(), 1, Integer::sum);
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
  List<String> unexpected() {
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
