package dev.sluice.eventbus.memory;

/** A partition of a topic. */
record TopicPartition(String topic, int partition) {

  /** As flows and snapshots call it. */
  String name() {
    return Integer.toString(partition);
  }

  @Override
  public String toString() {
    return topic + '/' + partition;
  }
}
