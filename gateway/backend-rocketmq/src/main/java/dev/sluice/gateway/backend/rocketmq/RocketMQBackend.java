package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Credentials;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.remoting.RemotingOptionsBuilder;
import dev.sluice.rocketmq.requests.UniqueIds;

/**
 * RocketMQ 4.x and 5.x behind the gateway: endpoints are name servers, {@code host:port}, several
 * separated by {@code ;}. The instance of an {@link UpstreamSpec} labels and changes no names.
 *
 * <p>Safe for use by several threads.
 */
public final class RocketMQBackend implements Backend {
  /** The endpoint scheme that names this backend. */
  public static final String SCHEME = "rocketmq";

  private final EventLoops loops;
  private final Ledger ledger;
  private final Clock clock;
  private final RocketMQSettings settings;
  private final UniqueIds ids = UniqueIds.forThisProcess();

  /**
   * A backend with {@linkplain RocketMQSettings#DEFAULT default settings} and the system's clock.
   */
  public RocketMQBackend(EventLoops loops, Ledger ledger) {
    this(loops, ledger, Clock.system(), RocketMQSettings.DEFAULT);
  }

  /**
   * A backend.
   *
   * @param loops where all upstreams' connections live; started before the first upstream is, and
   *     closed by their owner after the last
   * @param ledger where connections and pending calls are counted
   */
  public RocketMQBackend(EventLoops loops, Ledger ledger, Clock clock, RocketMQSettings settings) {
    this.loops = loops;
    this.ledger = ledger;
    this.clock = clock;
    this.settings = settings;
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  /**
   * {@inheritDoc}
   *
   * @throws GatewayException INVALID_ARGUMENT for an endpoint that is no address, UNAUTHENTICATED
   *     for credentials of which one half is missing
   */
  @Override
  public Upstream connect(UpstreamSpec spec) {
    RemotingOptions options = options(spec);
    RemotingClient client = RemotingClient.create(options, loops, ledger, clock);
    return new RocketMQUpstream(client, loops, ledger, clock, ids, spec, settings);
  }

  @Override
  public void check(OutboundMessage message) {
    SystemNames.checkTopic(message.topic());
    OutboundEncoding.check(message);
  }

  private RemotingOptions options(UpstreamSpec spec) {
    try {
      RemotingOptionsBuilder builder =
          RemotingOptions.builder(spec.endpoint())
              .connectTimeout(settings.connectTimeout())
              .callTimeout(settings.callTimeout())
              .maxCallsInFlight(settings.maxCallsInFlight())
              .maxBytesInFlight(settings.maxBytesInFlight())
              .tls(settings.tls());
      if (!spec.credentials().isEmpty()) {
        builder.credentials(credentials(spec));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new GatewayException(
          ErrorCategory.INVALID_ARGUMENT,
          Subject.ENDPOINT,
          "endpoint: '" + spec.endpoint() + "': " + e.getMessage(),
          e);
    }
  }

  private static Credentials credentials(UpstreamSpec spec) {
    try {
      return Credentials.of(spec.credentials().accessKey(), spec.credentials().secretKey());
    } catch (IllegalArgumentException e) {
      throw new GatewayException(
          ErrorCategory.UNAUTHENTICATED,
          Subject.NONE,
          "access key and secret key: one is empty (expected: both, or none)",
          e);
    }
  }
}
