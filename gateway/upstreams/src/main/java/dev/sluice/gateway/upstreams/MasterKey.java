package dev.sluice.gateway.upstreams;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One of a {@link ClusterKey}'s keys; only ever used to derive others from.
 *
 * @param id finds it again among several; says nothing about it
 */
record MasterKey(byte id, SecretKeySpec key) {

  static final String ALGORITHM = "HmacSHA256";

  private static final byte[] ID_CONTEXT = "sluice seal 1".getBytes(StandardCharsets.US_ASCII);

  static MasterKey of(byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ID_CONTEXT);
      return new MasterKey(digest.digest(bytes)[0], new SecretKeySpec(bytes, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256: " + e.getMessage(), e);
    }
  }

  /** To derive with. */
  Mac mac() {
    return mac(key);
  }

  static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "MasterKey[" + (id & 0xFF) + "]";
  }
}
