package dev.sluice.proofs;

import dev.sluice.testkit.Seeds;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Careless clients that come and go at a rate, each on a virtual thread. */
final class CarelessCrowd {

  private final Seeds seeds;
  private final AtomicLong lived = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  // Bounded by the texts of failures, which a healthy gateway has none of.
  private final ConcurrentMap<String, LongAdder> failures = new ConcurrentHashMap<>();

  CarelessCrowd(Seeds seeds) {
    this.seeds = seeds;
  }

  /** One of each kind, except those who need too long, until they have all ended. */
  void oneOfEach(Scene scene) {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (CarelessLife life : CarelessLife.values()) {
        if (life.longest().compareTo(Duration.ofSeconds(20)) < 0) {
          begin(clients, life, scene);
        }
      }
    }
  }

  /** Begins to let them come; closing it ends the scene and waits for the last of them. */
  Running start(Scene scene, double perSecond, Duration duration) {
    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    Thread.ofVirtual().name("crowd").start(() -> come(scene, perSecond, duration, clients));
    return new Running(scene, clients);
  }

  /** A crowd that comes and goes. */
  record Running(Scene scene, ExecutorService clients) implements AutoCloseable {
    @Override
    public void close() {
      scene.over().countDown();
      clients.close();
    }
  }

  private void come(Scene scene, double perSecond, Duration duration, ExecutorService clients) {
    long begin = System.nanoTime();
    try {
      for (long i = 1; scene.over().getCount() > 0; i++) {
        long due = begin + (long) (i * 1e9 / perSecond);
        scene.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        Duration left = duration.minusNanos(System.nanoTime() - begin);
        CarelessLife life = seeds.pick(CarelessLife.values());
        // Whoever would not reach the end of its life proves nothing.
        if (scene.over().getCount() > 0 && life.longest().compareTo(left) < 0) {
          begin(clients, life, scene);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(ExecutorService clients, CarelessLife life, Scene scene) {
    Seeds own = Seeds.of(seeds.anyLong());
    clients.execute(() -> live(life, scene, own));
  }

  private void live(CarelessLife life, Scene scene, Seeds own) {
    lived.incrementAndGet();
    try {
      life.live(scene, own);
    } catch (Caller.RefusedException e) {
      refused.increment();
      failed(life + " was refused: " + e.getMessage());
    } catch (StatusRuntimeException e) {
      failed(life + ": " + e.getStatus());
    } catch (IOException e) {
      failed(life + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void failed(String text) {
    failures.computeIfAbsent(text, key -> new LongAdder()).increment();
  }

  long lived() {
    return lived.get();
  }

  long refused() {
    return refused.sum();
  }

  /** What went wrong for clients to whom nothing should have. */
  List<String> findings() {
    Map<String, LongAdder> sorted = new TreeMap<>(failures);
    return sorted.entrySet().stream()
        .limit(20)
        .map(each -> each.getKey() + ", " + each.getValue() + " times")
        .toList();
  }
}
