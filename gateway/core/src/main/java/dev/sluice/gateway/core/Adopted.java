package dev.sluice.gateway.core;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a scope closes when it is closed. */
final class Adopted {

  private static final Logger LOG = LoggerFactory.getLogger(Adopted.class);

  // What is adopted forgets itself when it is closed.
  private final Set<AutoCloseable> resources = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean open = new AtomicBoolean(true);

  boolean isOpen() {
    return open.get();
  }

  /** What there is now. */
  Set<AutoCloseable> now() {
    return Set.copyOf(resources);
  }

  void add(AutoCloseable resource) {
    resources.add(resource);
    if (!isOpen() && resources.remove(resource)) {
      end(resource);
    }
  }

  void remove(AutoCloseable resource) {
    resources.remove(resource);
  }

  /** Closes all of it; false where that was done before. */
  boolean close() {
    if (!open.compareAndSet(true, false)) {
      return false;
    }
    for (AutoCloseable resource : List.copyOf(resources)) {
      if (resources.remove(resource)) {
        end(resource);
      }
    }
    return true;
  }

  /** One that fails to close must not keep the others open. */
  private static void end(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("{} does not close: {}", resource, e.toString(), e);
    }
  }
}
