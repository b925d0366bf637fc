package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.Fields;
import dev.sluice.gateway.upstreams.Sealer;
import java.util.Optional;

/**
 * What a producer's id carries.
 *
 * @param endpoint as {@link EndpointAllowList#portable} has it
 */
record ProducerId(String endpoint, String instance, Credentials credentials, String topic)
    implements SessionId {

  private static final byte VERSION = 1;

  String seal(Sealer sealer) {
    return sealer.seal(
        Sealer.Purpose.PRODUCER_ID,
        new Fields.Writer(VERSION)
            .text(endpoint)
            .text(instance)
            .text(credentials.accessKey())
            .text(credentials.secretKey())
            .text(topic)
            .bytes());
  }

  static Optional<ProducerId> open(Sealer sealer, String id) {
    return sealer
        .open(Sealer.Purpose.PRODUCER_ID, id)
        .flatMap(bytes -> Fields.read(bytes, VERSION, ProducerId::read));
  }

  private static ProducerId read(Fields.Reader in) {
    return new ProducerId(in.text(), in.text(), new Credentials(in.text(), in.text()), in.text());
  }
}
