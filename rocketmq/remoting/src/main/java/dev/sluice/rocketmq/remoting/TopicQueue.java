package dev.sluice.rocketmq.remoting;

/**
 * One queue of a topic on one broker.
 *
 * @param topic the topic's name
 * @param broker who has it
 * @param id its number there, from 0
 */
public record TopicQueue(String topic, Broker broker, int id) {

  public TopicQueue {
    if (id < 0) {
      throw new IllegalArgumentException("id: " + id + " (expected: >= 0)");
    }
  }

  @Override
  public String toString() {
    return topic + '@' + broker.name() + ':' + id;
  }
}
