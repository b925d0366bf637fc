package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription.Start;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.Fields;
import dev.sluice.gateway.upstreams.Sealer;
import java.time.Duration;
import java.util.Optional;

/**
 * What a consumer's id carries.
 *
 * @param owner the {@link dev.sluice.gateway.upstreams.Caller#name} that it was made for
 * @param endpoint as {@link EndpointAllowList#portable} has it
 * @param maxHold zero for the configured time
 */
record ConsumerId(
    String owner,
    String endpoint,
    String instance,
    Credentials credentials,
    String topic,
    String group,
    Filter filter,
    Start start,
    boolean ordered,
    Duration maxHold)
    implements SessionId {

  /** Without an owner. */
  private static final byte UNOWNED = 1;

  /** With the owner in front. */
  private static final byte OWNED = 2;

  private static final long LATEST = -1;
  private static final long EARLIEST = -2;

  /** The same for a group that begins elsewhere. */
  ConsumerId startingAt(Start other) {
    return new ConsumerId(
        owner, endpoint, instance, credentials, topic, group, filter, other, ordered, maxHold);
  }

  String seal(Sealer sealer) {
    Fields.Writer out =
        owner.isEmpty() ? new Fields.Writer(UNOWNED) : new Fields.Writer(OWNED).text(owner);
    return sealer.seal(
        Sealer.Purpose.CONSUMER_ID,
        out.text(endpoint)
            .text(instance)
            .text(credentials.accessKey())
            .text(credentials.secretKey())
            .text(topic)
            .text(group)
            .text(filter.type().name())
            .text(filter.expression())
            .number(code(start))
            .number(ordered ? 1 : 0)
            .number(maxHold.toMillis())
            .bytes());
  }

  static Optional<ConsumerId> open(Sealer sealer, String id) {
    return sealer
        .open(Sealer.Purpose.CONSUMER_ID, id)
        .flatMap(
            bytes ->
                Fields.read(bytes, UNOWNED, in -> read("", in))
                    .or(() -> Fields.read(bytes, OWNED, in -> read(in.text(), in))));
  }

  private static ConsumerId read(String owner, Fields.Reader in) {
    return new ConsumerId(
        owner,
        in.text(),
        in.text(),
        new Credentials(in.text(), in.text()),
        in.text(),
        in.text(),
        new Filter(Filter.Type.valueOf(in.text()), in.text()),
        start(in.number()),
        in.number() != 0,
        Duration.ofMillis(in.number()));
  }

  private static long code(Start start) {
    return switch (start) {
      case Start.Latest _ -> LATEST;
      case Start.Earliest _ -> EARLIEST;
      case Start.At at -> at.epochMillis();
    };
  }

  private static Start start(long code) {
    if (code == LATEST) {
      return new Start.Latest();
    }
    return code == EARLIEST ? new Start.Earliest() : new Start.At(code);
  }
}
