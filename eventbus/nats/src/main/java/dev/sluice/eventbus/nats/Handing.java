package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.transport.Intake;

/** Who gets the messages. Positions are sequences that are not resolved; 0 for not known. */
sealed interface Handing {
  /** The first sequence that is not resolved; 0 if that is not known. */
  long position();

  /** Nobody. */
  record Held(long position) implements Handing {}

  /** An intake, which will be asked for a flow when messages can be had. */
  record Attached(Intake intake, long position) implements Handing {}

  /** A flow. */
  record Flowing(Intake intake, Flow<InboundMessage> flow, Taken taken, long from)
      implements Handing {
    @Override
    public long position() {
      return Math.max(from, flow.frontier());
    }
  }

  /** Nobody any more: it is another member's, or nobody's. */
  record Gone(long position) implements Handing {}
}
