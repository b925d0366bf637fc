package dev.sluice.gateway.core;

import dev.sluice.gateway.core.TransactionPath.Mode;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Fields;
import dev.sluice.gateway.upstreams.Sealer;

/**
 * What a transaction's id carries.
 *
 * @param endpointHash of the endpoint that it was begun at
 * @param owner stands for its producer's caller and access key: nobody else ends it
 * @param mode who decides it
 * @param messageId its message's unique id
 * @param handle what ends it, as the backend gave it
 */
record TransactionId(long endpointHash, long owner, Mode mode, String messageId, String handle) {

  private static final byte VERSION = 1;

  String seal(Sealer sealer) {
    return sealer.seal(
        Sealer.Purpose.TRANSACTION,
        new Fields.Writer(VERSION)
            .number(endpointHash)
            .number(owner)
            .text(mode.name())
            .text(messageId)
            .text(handle)
            .bytes());
  }

  static TransactionId open(Sealer sealer, String sealed) {
    return sealer
        .open(Sealer.Purpose.TRANSACTION, sealed)
        .flatMap(bytes -> Fields.read(bytes, VERSION, TransactionId::read))
        .orElseThrow(TransactionId::unknown);
  }

  static GatewayException unknown() {
    return GatewayException.notFound(
        Subject.TRANSACTION,
        "transaction id: does not open here (expected: one that this cluster gave out, to this"
            + " caller, for this endpoint)");
  }

  private static TransactionId read(Fields.Reader in) {
    return new TransactionId(
        in.number(), in.number(), Mode.valueOf(in.text()), in.text(), in.text());
  }
}
