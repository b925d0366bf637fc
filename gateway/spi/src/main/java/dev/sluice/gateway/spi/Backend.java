package dev.sluice.gateway.spi;

/**
 * A kind of message system. Stateless and shared: what it connects is owned by whoever asked.
 *
 * <p>Safe for use by several threads.
 */
public interface Backend {

  /**
   * The endpoint scheme that names this backend, in lower case: {@code rocketmq}, {@code memory}.
   */
  String scheme();

  /**
   * Makes an upstream for one endpoint and set of credentials. Acquires nothing; {@link
   * Upstream#start} does.
   *
   * @param spec whose endpoint has passed the allow-list and is normalised
   */
  Upstream connect(UpstreamSpec spec);

  /**
   * Refuses a message that no send could store, as far as the message itself tells: its topic, its
   * properties, its schedule. What passes may still be refused when it is sent. Cheap.
   *
   * @throws GatewayException INVALID_ARGUMENT, as the send would fail
   */
  void check(OutboundMessage message);
}
