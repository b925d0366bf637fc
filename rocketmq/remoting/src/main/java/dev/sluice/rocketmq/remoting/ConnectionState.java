package dev.sluice.rocketmq.remoting;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What a connection to one address is doing. */
sealed interface ConnectionState {

  /**
   * Nothing; the next call connects.
   *
   * @param notBeforeNanos until when it does not even try
   * @param lastFailure why the last attempt or connection ended, if it failed
   */
  record Idle(long notBeforeNanos, @Nullable String lastFailure) implements ConnectionState {}

  /**
   * Connecting, for all who wait.
   *
   * @param waiting the calls to be written once there is a connection, in order
   */
  record Connecting(Queue<PendingCall<?>> waiting) implements ConnectionState {
    Connecting() {
      this(new ArrayDeque<>());
    }
  }

  /**
   * Connected.
   *
   * @param channel where to write
   */
  record Open(Channel channel) implements ConnectionState {}

  /** Done for good, with its client. */
  record Closed() implements ConnectionState {}
}
