package dev.sluice.eventbus.core;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most that collections left of this process's heap, as far as there were any. */
final class HeapInUse {
  private final AtomicLong most = new AtomicLong();

  private HeapInUse() {}

  /** From now on. */
  static HeapInUse watch() {
    var made = new HeapInUse();
    Set<String> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(
            (told, none) -> made.note(told.getUserData(), pools),
            told ->
                GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
                    told.getType()),
            null);
      }
    }
    return made;
  }

  private void note(Object told, Set<String> pools) {
    if (told instanceof CompositeData data) {
      long left =
          GarbageCollectionNotificationInfo.from(data)
              .getGcInfo()
              .getMemoryUsageAfterGc()
              .entrySet()
              .stream()
              .filter(pool -> pools.contains(pool.getKey()))
              .mapToLong(pool -> pool.getValue().getUsed())
              .sum();
      most.accumulateAndGet(left, Math::max);
    }
  }

  @Override
  public String toString() {
    return "at most %d MB of %d after a collection"
        .formatted(most.get() >> 20, Runtime.getRuntime().maxMemory() >> 20);
  }
}
