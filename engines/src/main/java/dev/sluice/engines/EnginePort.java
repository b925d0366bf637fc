package dev.sluice.engines;

/** Which loopback port an engine's server takes. */
public sealed interface EnginePort {

  /** Whichever is free; the one of the last run on the same data if it still is. */
  static EnginePort free() {
    return new Free();
  }

  /** This one, or the start fails. */
  static EnginePort exactly(int port) {
    return new Exactly(port);
  }

  /** This one while it is free, otherwise as {@link #free()}. */
  static EnginePort preferably(int port) {
    return new Preferably(port);
  }

  /** See {@link EnginePort#free()}. */
  record Free() implements EnginePort {}

  /** See {@link EnginePort#exactly(int)}. */
  record Exactly(int port) implements EnginePort {
    /** Checks the range. */
    public Exactly {
      checkPort(port);
    }
  }

  /** See {@link EnginePort#preferably(int)}. */
  record Preferably(int port) implements EnginePort {
    /** Checks the range. */
    public Preferably {
      checkPort(port);
    }
  }

  private static void checkPort(int port) {
    // The broker also opens the port two below and the one above.
    if (port < 3 || port > 65534) {
      throw new IllegalArgumentException("port: " + port + " (expected: 3 to 65534)");
    }
  }
}
