package dev.sluice.engines;

import java.util.List;

/**
 * How an engine's process ended.
 *
 * @param pid the process that ended
 * @param code its exit code; on Unix 128 plus the signal for a process that a signal ended
 * @param requested whether we asked it to end
 * @param lastLines the end of what it printed, oldest first, at most 60 lines
 */
public record EngineExit(long pid, int code, boolean requested, List<String> lastLines) {
  /** Copies the list. */
  public EngineExit {
    lastLines = List.copyOf(lastLines);
  }
}
