package dev.sluice.benchmarks.busload;

import dev.sluice.benchmarks.busload.KeyedLoad.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The floor: the same handlers on virtual threads, with no broker, no messages and nothing between
 * them but the order. What it takes beyond the ideal is what sleeping and starting threads cost.
 */
public final class PlainSleeps {

  private PlainSleeps() {}

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    KeyedLoad.run(PlainSleeps::start, arguments);
  }

  private static AutoCloseable start(Work work, SleepingHandler handler) {
    SleepPlan plan = work.plan();
    List<Queue<byte[]>> orders = new ArrayList<>();
    for (int i = 0; i < plan.orders(); i++) {
      orders.add(new ArrayDeque<>());
    }
    for (int i = 0; i < plan.count(); i++) {
      orders.get(plan.order(i)).add(SleepingHandler.body(i));
    }
    Queue<Queue<byte[]>> ready = new ConcurrentLinkedQueue<>(orders);
    handler.begin();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(work.concurrency(), plan.orders()); i++) {
      workers.add(Thread.startVirtualThread(() -> work(ready, handler)));
    }
    return () -> {
      for (Thread worker : workers) {
        worker.join();
      }
    };
  }

  /** An order goes to the end of the queue after each of its messages, as long as it has more. */
  private static void work(Queue<Queue<byte[]>> ready, SleepingHandler handler) {
    try {
      for (Queue<byte[]> order = ready.poll(); order != null; order = ready.poll()) {
        byte[] body = order.poll();
        if (body != null) {
          handler.handle(body);
          ready.add(order);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
