package dev.sluice.rocketmq.admin;

/** What may be done with a topic's queues. */
public enum Permission {
  /** Neither. */
  NONE(0),
  /** Messages may be sent, and wait. */
  WRITE(2),
  /** Messages that are there may be consumed. */
  READ(4),
  /** Both. */
  READ_WRITE(6);

  private final int bits;

  Permission(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }

  static Permission of(int bits) {
    return switch (bits & READ_WRITE.bits) {
      case 6 -> READ_WRITE;
      case 4 -> READ;
      case 2 -> WRITE;
      default -> NONE;
    };
  }
}
