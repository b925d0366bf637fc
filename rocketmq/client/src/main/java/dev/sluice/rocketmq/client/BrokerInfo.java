package dev.sluice.rocketmq.client;

/**
 * What a broker says of itself.
 *
 * @param name its broker set
 * @param cluster its cluster
 * @param endpoint where its master listens
 * @param version as it names it, e.g. {@code V5_5_0}
 * @param protocolVersion the number of that version on the wire; grows with every release
 */
public record BrokerInfo(
    String name, String cluster, Endpoint endpoint, String version, int protocolVersion) {

  /** The wire number of the first 5.x version. */
  static final int FIRST_OF_5 = 412;

  /** Whether it can pop: 5.x and later. */
  public boolean canPop() {
    return protocolVersion >= FIRST_OF_5;
  }
}
