package dev.sluice.engines;

import java.time.Duration;
import java.time.Instant;

/**
 * The process that an engine must not outlive.
 *
 * <p>The start time tells it from a later process that was given the same number.
 *
 * @param pid the process number
 * @param started when it started, in milliseconds since 1970; 0 when the platform does not tell
 */
record Owner(long pid, long started) {
  // Two JVMs derive a start time from a boot time that each of them rounds.
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  static Owner of(ProcessHandle process) {
    return new Owner(
        process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
  }

  static Owner thisProcess() {
    return of(ProcessHandle.current());
  }

  static Owner parse(String text) {
    int colon = text.indexOf(':');
    return new Owner(
        Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  String format() {
    return pid + ":" + started;
  }

  boolean isAlive() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(Owner::of).stream()
        .anyMatch(this::isSame);
  }

  private boolean isSame(Owner other) {
    return started == 0
        || other.started == 0
        || Math.abs(started - other.started) <= TOLERANCE.toMillis();
  }
}
