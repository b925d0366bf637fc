package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.Fields;
import dev.sluice.gateway.upstreams.Sealer;
import java.util.Optional;

/**
 * What a producer's id carries.
 *
 * @param owner the {@link dev.sluice.gateway.upstreams.Caller#name} that it was made for
 * @param endpoint as {@link EndpointAllowList#portable} has it
 */
record ProducerId(
    String owner, String endpoint, String instance, Credentials credentials, String topic)
    implements SessionId {

  /** Without an owner. */
  private static final byte UNOWNED = 1;

  /** With the owner in front. */
  private static final byte OWNED = 2;

  String seal(Sealer sealer) {
    Fields.Writer out =
        owner.isEmpty() ? new Fields.Writer(UNOWNED) : new Fields.Writer(OWNED).text(owner);
    return sealer.seal(
        Sealer.Purpose.PRODUCER_ID,
        out.text(endpoint)
            .text(instance)
            .text(credentials.accessKey())
            .text(credentials.secretKey())
            .text(topic)
            .bytes());
  }

  static Optional<ProducerId> open(Sealer sealer, String id) {
    return sealer
        .open(Sealer.Purpose.PRODUCER_ID, id)
        .flatMap(
            bytes ->
                Fields.read(bytes, UNOWNED, in -> read("", in))
                    .or(() -> Fields.read(bytes, OWNED, in -> read(in.text(), in))));
  }

  private static ProducerId read(String owner, Fields.Reader in) {
    return new ProducerId(
        owner, in.text(), in.text(), new Credentials(in.text(), in.text()), in.text());
  }
}
