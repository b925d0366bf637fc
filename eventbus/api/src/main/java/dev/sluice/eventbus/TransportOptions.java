package dev.sluice.eventbus;

/** What a bus is made of over one kind of broker: the bus's own options, and that broker's. */
public interface TransportOptions {

  /** What the bus is, over any broker. */
  BusOptions bus();

  /** The artifact that opens it, for whoever does not have it: {@code sluice-eventbus-kafka}. */
  String artifact();
}
