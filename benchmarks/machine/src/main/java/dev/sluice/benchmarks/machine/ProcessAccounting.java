package dev.sluice.benchmarks.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** What Linux tells of a process, and of the whole machine. */
public final class ProcessAccounting {

  private static final long MILLIS_PER_TICK = 10;
  // Of a processor's times in /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
  private static final int IDLE = 3;
  private static final int WAITING = 4;
  private static final int LAST = 7;

  private ProcessAccounting() {}

  /** User and system time of a process since its start. */
  public static Duration cpu(long pid) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    // Fields after the command's name, which may hold spaces itself: utime and stime are 14 and 15.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Duration.ofMillis(
        (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK);
  }

  /** The time that all processors were busy since the machine's start, with what its host took. */
  public static Duration machineBusy() {
    String[] fields = read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +", -1);
    long ticks = 0;
    for (int i = 0; i <= LAST; i++) {
      if (i != IDLE && i != WAITING) {
        ticks += Long.parseLong(fields[i + 1]);
      }
    }
    return Duration.ofMillis(ticks * MILLIS_PER_TICK);
  }

  /** User and system time of this process and all that it has started and that still run. */
  public static Duration ownBusy() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .map(
            pid -> {
              try {
                return cpu(pid);
              } catch (UncheckedIOException ended) {
                return Duration.ZERO;
              }
            })
        .reduce(cpu(ProcessHandle.current().pid()), Duration::plus);
  }

  /** Resident memory of a process, in MB of 1,048,576 bytes. */
  public static long residentMegabytes(long pid) {
    return status(pid, "VmRSS:") / 1024;
  }

  /** Platform threads of a process. */
  public static long threads(long pid) {
    return status(pid, "Threads:");
  }

  private static long status(long pid, String name) {
    return read(Path.of("/proc/" + pid + "/status"))
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("the process has ended", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
