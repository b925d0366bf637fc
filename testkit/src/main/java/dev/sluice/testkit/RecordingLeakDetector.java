package dev.sluice.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Netty's own detector, except that what it finds goes to the tests and not to a log that nobody
 * reads.
 */
final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

  private final Consumer<String> leaks;

  private RecordingLeakDetector(Class<T> resource, int samplingInterval, Consumer<String> leaks) {
    super(resource, samplingInterval);
    this.leaks = leaks;
  }

  // Without this, a logging set-up that drops errors would drop leaks.
  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    leaks.accept(resourceType + " was collected before it was released. Its accesses:" + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    leaks.accept(resourceType + " was collected before it was released.");
  }

  /** The detector looks at its reference queue only when it tracks something. */
  private void look() {
    @SuppressWarnings("unchecked") // the detector never looks at what it tracks
    T probe = (T) new Object();
    ResourceLeakTracker<T> tracker = trackForcibly(probe);
    tracker.close(probe);
  }

  /** Makes such detectors for Netty, and remembers them. */
  static final class Factory extends ResourceLeakDetectorFactory {

    private final List<RecordingLeakDetector<?>> made = new CopyOnWriteArrayList<>();
    private final Consumer<String> leaks;

    Factory(Consumer<String> leaks) {
      this.leaks = leaks;
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return make(resource, samplingInterval);
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Netty, so it has to be here
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return make(resource, samplingInterval);
    }

    private <T> ResourceLeakDetector<T> make(Class<T> resource, int samplingInterval) {
      var detector = new RecordingLeakDetector<>(resource, samplingInterval, leaks);
      made.add(detector);
      return detector;
    }

    void look() {
      made.forEach(RecordingLeakDetector::look);
    }
  }
}
