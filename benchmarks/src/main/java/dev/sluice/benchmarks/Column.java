package dev.sluice.benchmarks;

/** What is measured of a turn. */
enum Column {
  ACCEPTS("to accepting, ms", 0, true),
  FIRST_STORED("to the first stored, ms", 0, true),
  RATE("msg/s", 0, true),
  P50("p50 ms", 2, true),
  P99("p99 ms", 2, true),
  P50_MICROS("p50 us", 0, true),
  P99_MICROS("p99 us", 0, true),
  CPU("CPU us/msg", 1, true),
  CLIENT_CPU("client CPU us/msg", 1, false),
  BROKER_CPU("broker CPU us/msg", 1, true),
  FAILED("failed", 0, false),
  REPEATED("repeated", 0, false),
  MEMORY("MB", 0, true),
  /** Of the heap, what a collection leaves. */
  LIVE("live MB", 1, true),
  /** Of the heap and of what the JVM counts beside it. */
  COMMITTED("committed MB", 0, true),
  THREADS("threads", 0, true),
  /**
   * Of the machine's processor time, what neither the servers nor the client nor the broker used.
   */
  OTHERS("others %", 0, false);

  private final String title;
  private final int decimals;
  private final boolean compared;

  Column(String title, int decimals, boolean compared) {
    this.title = title;
    this.decimals = decimals;
    this.compared = compared;
  }

  String title() {
    return title;
  }

  int decimals() {
    return decimals;
  }

  /** Whether a ratio of it says something. */
  boolean isCompared() {
    return compared;
  }
}
