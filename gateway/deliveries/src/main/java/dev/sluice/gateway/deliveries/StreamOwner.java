package dev.sluice.gateway.deliveries;

/** What a stream was opened through, and ends with. */
public interface StreamOwner {

  /** Whether it has not ended; from any thread. */
  boolean isOpen();

  /** The stream has ended; called once, on the stream's loop. */
  void over(StreamFlow stream);
}
