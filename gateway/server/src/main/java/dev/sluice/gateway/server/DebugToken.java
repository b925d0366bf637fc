package dev.sluice.gateway.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The secret that opens {@code /debug} to other machines. Never prints itself. */
final class DebugToken {
  /** What it may be, for people. */
  static final String EXPECTED = "16 to 256 visible ASCII characters";

  private static final int SHORTEST = 16;
  private static final int LONGEST = 256;

  private final byte[] digest;

  private DebugToken(byte[] digest) {
    this.digest = digest;
  }

  /**
   * Reads a token.
   *
   * @throws IllegalArgumentException where it is none; does not quote it
   */
  static DebugToken parse(String text) {
    boolean visible = text.chars().allMatch(c -> c > ' ' && c <= '~');
    if (!visible || text.length() < SHORTEST || text.length() > LONGEST) {
      throw new IllegalArgumentException("token: (not shown) (expected: " + EXPECTED + ")");
    }
    return new DebugToken(digest(text));
  }

  /** Whether it is the one, in a time that does not depend on how much of it is right. */
  boolean matches(String presented) {
    return MessageDigest.isEqual(digest, digest(presented));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "DebugToken (not shown)";
  }
}
