package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.UpstreamSpec;
import java.nio.ByteBuffer;

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
        ByteBuffer.wrap(Digests.sha256(credentials.secretKey())).asReadOnlyBuffer());
  }

  @Override
  public String toString() {
    String whose = accessKey.isEmpty() ? "" : " as " + accessKey;
    String where = instance.isEmpty() ? "" : " (" + instance + ")";
    return scheme + "://" + endpoint + where + whose;
  }
}
