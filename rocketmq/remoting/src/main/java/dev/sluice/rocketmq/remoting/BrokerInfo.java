package dev.sluice.rocketmq.remoting;

/**
 * What a broker says of itself.
 *
 * @param name its broker set
 * @param cluster its cluster
 * @param endpoint where its master listens
 * @param version as it names it, e.g. {@code V5_5_0}; empty if it does not say
 * @param majorVersion the first number of the version, 4 or 5; 0 if it does not say
 */
public record BrokerInfo(
    String name, String cluster, Endpoint endpoint, String version, int majorVersion) {

  /** Whether it can pop: 5.x and later. */
  public boolean canPop() {
    return majorVersion >= 5;
  }
}
