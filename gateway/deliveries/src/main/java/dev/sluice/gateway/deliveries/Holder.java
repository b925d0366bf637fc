package dev.sluice.gateway.deliveries;

/** On whose behalf a delivery is held. Called on the delivery's loop. */
interface Holder {

  /** Of what nobody holds any more. */
  Holder NONE = held -> {};

  /** The delivery is no longer held: acknowledged, handed back, or lost. Called once for each. */
  void released(Held held);
}
