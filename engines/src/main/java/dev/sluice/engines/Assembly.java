package dev.sluice.engines;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the servers of one version are put together, and what of theirs needs looking after. A
 * controller is the broker's own object for all of it.
 */
interface Assembly {

  static Assembly of(HostSettings settings) {
    return switch (settings.version()) {
      case V5 -> new Assembly5();
      case V4 -> new Assembly4(settings.brokerSettings());
    };
  }

  /** Before anything else, and on one thread. */
  void prepareLogging(Path file) throws Exception;

  /** Returns when it listens. */
  void startNameServer(Path configuration) throws Exception;

  /** The controller of a broker that has read its data, and is not started. */
  Object loadBroker(Path configuration) throws Exception;

  /** Returns when the broker can register, or never will within a few seconds. */
  void awaitNameServer(Object controller) throws Exception;

  /** The parts to shut down at the end, while others are written down. */
  List<String> shutDown();

  /** The parts to write down at the end, in this order. */
  List<String> persisted();

  /** A part of the broker by its name; null where there is none. */
  @Nullable Object part(Object controller, String name) throws Exception;

  /** Called every second. */
  void keepQuiet(Object controller);
}
