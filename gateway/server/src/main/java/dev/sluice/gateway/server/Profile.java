package dev.sluice.gateway.server;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Presets of settings for a kind of load; whatever is set beside the profile wins over it. */
enum Profile {
  /** The defaults. */
  STANDARD(Map.of()),

  /** Many connections, bursts of small messages. */
  HIGH_CONCURRENCY(
      Map.of(
          Setting.MAX_CONCURRENT, "5000",
          Setting.MESSAGE_BUFFER_SIZE, "10000",
          Setting.WORKER_POOL_SIZE, "500",
          Setting.BATCH_SIZE, "1000")),

  /** Small batches that wait for nothing, and little that is under way. */
  LOW_LATENCY(
      Map.of(
          Setting.MAX_CONCURRENT, "1000",
          Setting.MESSAGE_BUFFER_SIZE, "100",
          Setting.FLUSH_INTERVAL, "10ms",
          Setting.BATCH_SIZE, "10")),

  /** Large batches and deep buffers, at the cost of waiting. */
  HIGH_THROUGHPUT(
      Map.of(
          Setting.MESSAGE_BUFFER_SIZE, "50000",
          Setting.BATCH_SIZE, "5000",
          Setting.FLUSH_INTERVAL, "500ms",
          Setting.WORKER_POOL_SIZE, "200"));

  @SuppressWarnings("ImmutableEnumChecker") // Made once, unmodifiable.
  private final Map<Setting, String> presets;

  Profile(Map<Setting, String> presets) {
    Map<Setting, String> ordered = new EnumMap<>(Setting.class);
    ordered.putAll(presets);
    this.presets = Collections.unmodifiableMap(ordered);
  }

  /** What it sets, in the order of the settings. */
  Map<Setting, String> presets() {
    return presets;
  }

  /** As {@link Setting#PROFILE} has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The profile of a word that {@link Setting#PROFILE} has accepted. */
  static Profile of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
