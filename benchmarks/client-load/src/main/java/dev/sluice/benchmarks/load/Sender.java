package dev.sluice.benchmarks.load;

import org.jspecify.annotations.Nullable;

/** A started producer, of whichever client: the same is asked of each. For any thread. */
public interface Sender extends AutoCloseable {

  /** Sends one message to the topic and waits until it is stored. */
  void send(byte[] body) throws Exception;

  /** Sends one message to the topic; the end is told once, wherever that client's callbacks run. */
  void sendAsync(byte[] body, End end) throws Exception;

  @Override
  void close();

  /** Told how a send ended. */
  @FunctionalInterface
  interface End {
    /** It is stored where there is no failure. */
    void ended(@Nullable Throwable failure);
  }
}
