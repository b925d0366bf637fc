package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Capabilities;

/**
 * What a message system in memory is like.
 *
 * @param queues of a topic made by a send
 * @param createsTopicsOnSend whether a send makes its topic
 * @param maxBatchBytes the largest batch
 * @param maxBodyBytes the largest body
 * @param immediate whether calls made on a loop complete before they return, where they can
 */
public record MemoryOptions(
    int queues,
    boolean createsTopicsOnSend,
    int maxBatchBytes,
    int maxBodyBytes,
    boolean immediate) {

  /** Four queues, topics made on send, 4 MiB, completions in a later task. */
  public static final MemoryOptions DEFAULTS = new MemoryOptions(4, true, 4 << 20, 4 << 20, false);

  public MemoryOptions withQueues(int n) {
    return new MemoryOptions(n, createsTopicsOnSend, maxBatchBytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withTopicsOnSend(boolean creates) {
    return new MemoryOptions(queues, creates, maxBatchBytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withMaxBatchBytes(int bytes) {
    return new MemoryOptions(queues, createsTopicsOnSend, bytes, maxBodyBytes, immediate);
  }

  public MemoryOptions withMaxBodyBytes(int bytes) {
    return new MemoryOptions(queues, createsTopicsOnSend, maxBatchBytes, bytes, immediate);
  }

  public MemoryOptions completingImmediately() {
    return new MemoryOptions(queues, createsTopicsOnSend, maxBatchBytes, maxBodyBytes, true);
  }

  Capabilities capabilities() {
    return new Capabilities(
        "memory", false, true, false, createsTopicsOnSend, maxBatchBytes, maxBodyBytes);
  }
}
