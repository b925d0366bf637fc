package dev.sluice.gateway.upstreams;

/**
 * Where a caller wants to go, normalised and allowed; made by {@link EndpointAllowList#resolve}.
 *
 * @param scheme names the backend, in lower case
 * @param address {@code host:port}, several sorted and separated by {@code ;}
 */
public record Endpoint(String scheme, String address) {

  @Override
  public String toString() {
    return scheme + "://" + address;
  }
}
