package dev.sluice.proofs;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Signals to processes. */
final class Signals {

  private Signals() {}

  /** Lets a process neither run nor die for a while: its connections stay open and are silent. */
  static void freeze(long pid, Duration lasting) throws IOException, InterruptedException {
    send("-STOP", pid);
    try {
      Pause.of(lasting);
    } finally {
      send("-CONT", pid);
    }
  }

  static void send(String signal, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).inheritIO().start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill " + signal + " " + pid + " failed");
    }
  }
}
