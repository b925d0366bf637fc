package dev.sluice.eventbus.nats;

/**
 * One partition of a topic.
 *
 * @param topic that it is of
 * @param number from 0
 */
record Part(String topic, int number) {

  /** What it is called towards the bus. */
  String partition() {
    return topic + '-' + number;
  }

  @Override
  public String toString() {
    return partition();
  }
}
