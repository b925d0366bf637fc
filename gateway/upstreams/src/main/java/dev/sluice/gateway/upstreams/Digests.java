package dev.sluice.gateway.upstreams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What stands for a text where the text itself is too long, or secret. */
public final class Digests {

  private Digests() {}

  /** Stands for a text where space is short. */
  public static long hash(String text) {
    return ByteBuffer.wrap(sha256(text)).getLong();
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: " + e.getMessage(), e);
    }
  }
}
