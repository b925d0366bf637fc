package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Topology;
import java.util.EnumSet;

/**
 * What a message system in memory is like.
 *
 * @param queues of a topic made by a send
 * @param createsTopicsOnSend whether a send makes its topic
 * @param transactions whether it has any
 * @param maxBatchBytes the largest batch
 * @param maxBodyBytes the largest body
 * @param immediate whether calls made on a loop complete before they return, where they can
 * @param localHandles whether it says that only who received a delivery can act on its handle
 */
public record MemoryOptions(
    int queues,
    boolean createsTopicsOnSend,
    boolean transactions,
    int maxBatchBytes,
    int maxBodyBytes,
    boolean immediate,
    boolean localHandles) {

  /** Four queues, topics made on send, 4 MiB, completions in a later task. */
  public static final MemoryOptions DEFAULTS =
      new MemoryOptions(4, true, true, 4 << 20, 4 << 20, false, false);

  public MemoryOptions withQueues(int n) {
    return new MemoryOptions(
        n, createsTopicsOnSend, transactions, maxBatchBytes, maxBodyBytes, immediate, localHandles);
  }

  public MemoryOptions withTopicsOnSend(boolean creates) {
    return new MemoryOptions(
        queues, creates, transactions, maxBatchBytes, maxBodyBytes, immediate, localHandles);
  }

  public MemoryOptions withMaxBatchBytes(int bytes) {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, bytes, maxBodyBytes, immediate, localHandles);
  }

  public MemoryOptions withMaxBodyBytes(int bytes) {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, maxBatchBytes, bytes, immediate, localHandles);
  }

  public MemoryOptions withoutTransactions() {
    return new MemoryOptions(
        queues, createsTopicsOnSend, false, maxBatchBytes, maxBodyBytes, immediate, localHandles);
  }

  public MemoryOptions completingImmediately() {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, maxBatchBytes, maxBodyBytes, true, localHandles);
  }

  public MemoryOptions withLocalHandles() {
    return new MemoryOptions(
        queues, createsTopicsOnSend, transactions, maxBatchBytes, maxBodyBytes, immediate, true);
  }

  Capabilities capabilities() {
    return new Capabilities(
        "memory",
        localHandles,
        true,
        false,
        createsTopicsOnSend,
        transactions,
        EnumSet.allOf(Topology.MessageKind.class),
        maxBatchBytes,
        maxBodyBytes);
  }
}
