package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.upstreams.Fields;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Sealer;

/**
 * What a sealed receipt handle carries.
 *
 * @param issuer the instance that sealed it; without an address where it does not hold the delivery
 * @param hold by which the issuer finds the delivery if it holds it; 0 where nobody holds it
 * @param validUntil until when any instance may act on the backend's handle, epoch milliseconds
 * @param endpointHash of the endpoint that it came from
 * @param topic the delivery's topic
 * @param group the group that it was delivered to
 * @param backendHandle as the backend gave it
 * @param local whether only the issuer can act on it, however new it is
 */
record Handle(
    Peer issuer,
    long hold,
    long validUntil,
    long endpointHash,
    String topic,
    String group,
    String backendHandle,
    boolean local) {

  private static final byte VERSION = 3;

  String seal(Sealer sealer) {
    return sealer.seal(
        Sealer.Purpose.HANDLE,
        new Fields.Writer(VERSION)
            .number(issuer.instance())
            .text(issuer.address())
            .number(hold)
            .number(validUntil)
            .number(endpointHash)
            .text(topic)
            .text(group)
            .text(backendHandle)
            .number(local ? 1 : 0)
            .bytes());
  }

  /** The same for a delivery that nobody holds. */
  static Handle unheld(
      Peer issuer,
      long validUntil,
      long endpointHash,
      String topic,
      String group,
      String backendHandle) {
    var nowhere = new Peer(issuer.instance(), "");
    return new Handle(nowhere, 0, validUntil, endpointHash, topic, group, backendHandle, false);
  }

  static Handle open(Sealer sealer, String sealed) {
    return sealer
        .open(Sealer.Purpose.HANDLE, sealed)
        .flatMap(bytes -> Fields.read(bytes, VERSION, Handle::read))
        .orElseThrow(HandleFaults::unknown);
  }

  private static Handle read(Fields.Reader in) {
    return new Handle(
        new Peer(in.number(), in.text()),
        in.number(),
        in.number(),
        in.number(),
        in.text(),
        in.text(),
        in.text(),
        in.number() != 0);
  }
}
