package dev.sluice.rocketmq.client;

/**
 * The groups that this client shows to the brokers by heartbeat. Popping and sending work without;
 * transaction checks and the broker's admin views need it.
 */
public interface Memberships {

  /**
   * Shows a producer group to every master known, at once and then every {@link
   * ClientOptions#heartbeatInterval()}. Joining twice is the same as once.
   */
  void joinProducers(String group);

  /**
   * Shows a consumer group with its subscription, likewise. A second topic of the same group is
   * added to the first.
   */
  void joinConsumers(String group, String topic, Filter filter);

  /**
   * Takes the group out of the heartbeats and tells the brokers. Does nothing for unknown groups.
   */
  void leave(String group);
}
