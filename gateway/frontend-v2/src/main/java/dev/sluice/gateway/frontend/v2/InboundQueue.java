package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.Names;

/**
 * One queue as callers name it: by its topic, its broker and its number there.
 *
 * @param topic the topic's full name
 * @param queue which of its queues
 */
record InboundQueue(String topic, QueueId queue) {

  private static final int MAX_BROKER = 255;

  /**
   * Checks the names.
   *
   * @throws Refusal where it is no single queue
   * @throws dev.sluice.gateway.spi.GatewayException about the topic
   */
  static InboundQueue of(MessageQueue named) {
    String topic = ResourceNames.topic(named.getTopic());
    String broker = named.getBroker().getName();
    if (broker.isBlank() || broker.length() > MAX_BROKER) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "message_queue.broker.name: '"
              + Names.shown(broker)
              + "' (expected: 1 to "
              + MAX_BROKER
              + " characters)");
    }
    if (named.getId() < 0) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "message_queue.id: " + named.getId() + " (expected: 0 or more, a single queue)");
    }
    return new InboundQueue(topic, new QueueId(broker, named.getId()));
  }
}
