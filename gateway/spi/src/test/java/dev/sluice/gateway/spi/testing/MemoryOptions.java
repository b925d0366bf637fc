package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Capabilities;

/**
 * What a message system in memory is like.
 *
 * @param queues of a topic made by a send
 * @param createsTopicsOnSend whether a send makes its topic
 * @param transactions whether it has any
 * @param maxBatchBytes the largest batch
 * @param maxBodyBytes the largest body
 * @param immediate whether calls made on a loop complete before they return, where they can
 */
public record MemoryOptions(
    int queues,
    boolean createsTopicsOnSend,
    boolean transactions,
    int maxBatchBytes,
    int maxBodyBytes,
    boolean immediate) {

  /** Four queues, topics made on send, 4 MiB, completions in a later task. */
  public static final MemoryOptions DEFAULTS =
      new MemoryOptions(4, true, true, 4 << 20, 4 << 20, false);

  public MemoryOptions withQueues(int n) {
    return new MemoryOptions(
        n, createsTopicsOnSend, transactions, maxBatchBytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withTopicsOnSend(boolean creates) {
    return new MemoryOptions(queues, creates, transactions, maxBatchBytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withMaxBatchBytes(int bytes) {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, bytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withMaxBodyBytes(int bytes) {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, maxBatchBytes, bytes, immediate);
  }

  public MemoryOptions withoutTransactions() {
    return new MemoryOptions(
        queues, createsTopicsOnSend, false, maxBatchBytes, maxBodyBytes, immediate);
  }

  public MemoryOptions completingImmediately() {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, maxBatchBytes, maxBodyBytes, true);
  }

  Capabilities capabilities() {
    return new Capabilities(
        "memory",
        false,
        true,
        false,
        createsTopicsOnSend,
        transactions,
        maxBatchBytes,
        maxBodyBytes);
  }
}
