package dev.sluice.rocketmq.wire;

/**
 * How large a frame and its parts may be. What is over a limit is refused as soon as its length is
 * known, before anything is allocated for it.
 *
 * @param maxFrameBytes header and body together
 * @param maxHeaderBytes the header alone; also bounds each name and value in it
 * @param maxFields how many header fields one command may have
 */
public record FrameLimits(int maxFrameBytes, int maxHeaderBytes, int maxFields) {
  /** The longest header that the frame's three bytes for its length can tell. */
  static final int LARGEST_HEADER = 0xFFFFFF;

  /** Checks the ranges. */
  public FrameLimits {
    check("maxFrameBytes", maxFrameBytes, 64, Integer.MAX_VALUE - 64);
    check("maxHeaderBytes", maxHeaderBytes, 32, LARGEST_HEADER);
    check("maxFields", maxFields, 1, 65_536);
  }

  /** Frames of 16 MiB and a header more, headers of 256 KiB with 512 fields. */
  public static FrameLimits defaults() {
    return new FrameLimits((16 << 20) + (256 << 10), 256 << 10, 512);
  }

  private static void check(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw WireException.invalid(name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }
}
