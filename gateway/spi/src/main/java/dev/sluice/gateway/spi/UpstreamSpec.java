package dev.sluice.gateway.spi;

import java.util.Objects;

/**
 * What tells one upstream from another. Two callers share an upstream only when all of it is equal,
 * the secret included.
 *
 * @param endpoint normalised addresses of the message system, {@code host:port}, several separated
 *     by {@code ;}
 * @param instance the caller's name for the instance; labels metrics, may be empty
 * @param credentials what the caller authenticates with at the message system
 */
public record UpstreamSpec(String endpoint, String instance, Credentials credentials) {
  public UpstreamSpec {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(instance, "instance");
    Objects.requireNonNull(credentials, "credentials");
  }
}
