package dev.sluice.eventbus.transport;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;

/** Where a topic's messages go. */
@FunctionalInterface
public interface Intake {

  /**
   * A partition was assigned. The transport offers its messages to the flow, commits its frontier
   * now and then, and revokes it when the partition is taken away.
   *
   * @param partition a name that is the partition's alone
   */
  Flow<InboundMessage> open(String partition, FlowOwner<InboundMessage> owner);
}
