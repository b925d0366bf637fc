package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.UpstreamSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * By what upstreams are shared. The secret is compared as a digest, so that the time taken says
 * nothing about it, and is never printed.
 */
record UpstreamKey(
    String scheme, String endpoint, String instance, String accessKey, ByteBuffer secretDigest) {

  static UpstreamKey of(String scheme, UpstreamSpec spec) {
    var credentials = spec.credentials();
    return new UpstreamKey(
        scheme,
        spec.endpoint(),
        spec.instance(),
        credentials.accessKey(),
        ByteBuffer.wrap(digest(credentials.secretKey())).asReadOnlyBuffer());
  }

  /** Stands for a text where space is short. */
  static long hash(String text) {
    return ByteBuffer.wrap(digest(text)).getLong();
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
    String whose = accessKey.isEmpty() ? "" : " as " + accessKey;
    String where = instance.isEmpty() ? "" : " (" + instance + ")";
    return scheme + "://" + endpoint + where + whose;
  }
}
