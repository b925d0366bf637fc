package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.upstreams.ConnectionScope;

/**
 * The live producers and consumers of this gateway, by id. An id is a sealed token that carries all
 * that is needed to rebuild its session: it works on after its connection ended, after a restart
 * and on any instance with the same cluster key. Safe for use by any thread; completions run on the
 * calling loop.
 */
public interface Sessions {

  /**
   * Makes a producer, once its upstream is there. Fails with {@code INVALID_ARGUMENT} or {@code
   * PERMISSION_DENIED} where the spec is at fault, and with what the upstream's start failed with.
   */
  void createProducer(
      ConnectionScope scope, ProducerSpec spec, Completion<ProducerSession> completion);

  /**
   * Makes a consumer, once its upstream is there and the group's subscription is prepared: what is
   * sent after the completion reaches the group. A topic that does not exist yet is fine where the
   * backend creates topics on send, and {@code NOT_FOUND} elsewhere.
   */
  void createConsumer(
      ConnectionScope scope, ConsumerSpec spec, Completion<ConsumerSession> completion);

  /**
   * The scope's producer with this id: one map lookup where it is live; else rebuilt. Each scope
   * that uses an id has a session of its own, which ends with it and with no other.
   *
   * @throws dev.sluice.gateway.spi.GatewayException with {@code NOT_FOUND} where the id does not
   *     open or was cleaned up, {@code PERMISSION_DENIED} where its endpoint is no longer allowed
   *     or it was made for another caller, {@code OVERLOADED} where the caller or the connection
   *     has as many sessions as it may
   */
  ProducerSession producer(ConnectionScope scope, String id);

  /** The consumer with this id; as {@link #producer}. */
  ConsumerSession consumer(ConnectionScope scope, String id);

  /**
   * Ends the producer with this id, on all connections, and makes the id unusable on this instance
   * (of the last 100,000 ids cleaned up; the oldest are forgotten).
   *
   * @return 1, or 0 where the id does not open or was cleaned up before
   * @throws dev.sluice.gateway.spi.GatewayException with {@code PERMISSION_DENIED} where it was
   *     made for another caller
   */
  int cleanupProducer(ConnectionScope scope, String id);

  /**
   * Ends the live producers of a topic, and makes their ids unusable as {@link #cleanupProducer}
   * does.
   *
   * @param scope only those created or rebuilt by this caller on this connection
   * @param endpoint only those of this endpoint, as the caller wrote it; empty for any
   * @return how many
   */
  int cleanupProducers(ConnectionScope scope, String topic, String endpoint);

  /** Ends the consumer with this id; as {@link #cleanupProducer}. */
  int cleanupConsumer(ConnectionScope scope, String id);

  /**
   * Ends the live consumers of a group, and makes their ids unusable.
   *
   * @param scope only those created or rebuilt by this caller on this connection
   * @param topic only those of this topic; empty for any
   * @return how many
   */
  int cleanupConsumers(ConnectionScope scope, String group, String topic);
}
