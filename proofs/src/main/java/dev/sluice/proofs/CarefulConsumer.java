package dev.sluice.proofs;

/**
 * Reads all that its group gets, notes it, and acknowledges each message at once. Ends with its
 * connection. Safe for use by any thread.
 */
final class CarefulConsumer implements AutoCloseable {

  private final Caller caller;
  private final Acknowledging acknowledging;
  private final MessageStream stream;

  private CarefulConsumer(Caller caller, String topic, String group, Arrivals arrivals) {
    this.caller = caller;
    String id = caller.consumer(topic, group);
    this.acknowledging = new Acknowledging(caller, id, arrivals::add);
    this.stream = caller.stream(id, acknowledging).readAll();
  }

  /** Starts one on a connection of its own, which it closes. */
  static CarefulConsumer start(Caller caller, String topic, String group, Arrivals arrivals) {
    return new CarefulConsumer(caller, topic, group, arrivals);
  }

  /** Whether its stream has ended, which it should not. */
  boolean isOver() {
    return stream.isOver();
  }

  /** Acknowledgements that were not taken; such messages come again. */
  long refusedAcks() {
    return acknowledging.refused();
  }

  @Override
  public void close() {
    caller.close();
  }
}
