package dev.sluice.rocketmq.remoting;

import org.jspecify.annotations.Nullable;

/**
 * What a client signs its requests with (RocketMQ ACL: HMAC-SHA1 over the sorted header values and
 * the body).
 *
 * @param accessKey names the user
 * @param secretKey signs; never sent and never printed
 * @param securityToken sent along where the deployment asks for one
 */
public record Credentials(String accessKey, String secretKey, @Nullable String securityToken) {

  public Credentials {
    if (accessKey.isEmpty()) {
      throw new IllegalArgumentException("accessKey: '' (expected: not empty)");
    }
    if (secretKey.isEmpty()) {
      throw new IllegalArgumentException("secretKey: '' (expected: not empty)");
    }
  }

  /** Credentials without a security token. */
  public static Credentials of(String accessKey, String secretKey) {
    return new Credentials(accessKey, secretKey, null);
  }

  @Override
  public String toString() {
    return "Credentials[accessKey=" + accessKey + ']';
  }
}
