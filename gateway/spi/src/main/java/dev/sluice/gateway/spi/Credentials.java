package dev.sluice.gateway.spi;

import java.util.Objects;

/**
 * An access key and its secret; both empty where none are used. {@link #toString} never shows the
 * secret.
 *
 * @param accessKey names the caller; may be empty
 * @param secretKey proves it; may be empty
 */
public record Credentials(String accessKey, String secretKey) {

  /** No credentials. */
  public static final Credentials NONE = new Credentials("", "");

  public Credentials {
    Objects.requireNonNull(accessKey, "accessKey");
    Objects.requireNonNull(secretKey, "secretKey");
  }

  /** Whether there is anything to authenticate with. */
  public boolean isEmpty() {
    return accessKey.isEmpty() && secretKey.isEmpty();
  }

  @Override
  public String toString() {
    return isEmpty() ? "Credentials[none]" : "Credentials[" + accessKey + ", ***]";
  }
}
