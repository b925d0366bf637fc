package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import java.util.Comparator;
import java.util.List;

/** Finds out what a cluster can do. On a loop; acquires nothing but the client's connections. */
final class Start {
  /** Brokers that create topics on first use announce that by having this topic. */
  private static final String TEMPLATE_TOPIC = "TBW102";

  private final RemotingClient client;
  private final String endpoint;
  private final Completion<Capabilities> completion;

  Start(RemotingClient client, String endpoint, Completion<Capabilities> completion) {
    this.client = client;
    this.endpoint = endpoint;
    this.completion = completion;
  }

  void begin() {
    client.administration().brokers(Then.of(this::versions, this::failed));
  }

  private void versions(List<BrokerInfo> brokers) {
    if (brokers.isEmpty()) {
      completion.failed(
          GatewayException.unavailable(
              "upstream: " + endpoint + " knows no broker (expected: one master at least)", null));
      return;
    }
    for (BrokerInfo broker : brokers) {
      if (!broker.canPop()) {
        completion.failed(
            new GatewayException(
                ErrorCategory.FAILED_PRECONDITION,
                Subject.ENDPOINT,
                "upstream: broker '"
                    + broker.name()
                    + "' at "
                    + broker.endpoint()
                    + " runs RocketMQ "
                    + readable(broker.version())
                    + " (expected: RocketMQ 5.0.0 or later, whose brokers hand out messages by"
                    + " pop)"));
        return;
      }
    }
    BrokerInfo oldest =
        brokers.stream().min(Comparator.comparing(BrokerInfo::version)).orElseThrow();
    client
        .commands()
        .call(
            oldest.endpoint(),
            new AdminRequests.BrokerSettings(),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                settings -> template(oldest, settings),
                failure -> {
                  // A broker may keep its configuration from this caller, and serve it all the
                  // same.
                  if (failure.code() != ClientException.NO_CODE) {
                    template(oldest, AdminRequests.BrokerSettings.Answer.DEFAULT);
                  } else {
                    failed(failure);
                  }
                }));
  }

  private void template(BrokerInfo oldest, AdminRequests.BrokerSettings.Answer settings) {
    client
        .routes()
        .lookup(
            TEMPLATE_TOPIC,
            Then.of(
                route -> ready(oldest, settings, true),
                failure -> {
                  if (failure.category() == FailureCategory.NOT_FOUND) {
                    ready(oldest, settings, false);
                  } else {
                    failed(failure);
                  }
                }));
  }

  private void ready(
      BrokerInfo oldest, AdminRequests.BrokerSettings.Answer settings, boolean createsTopics) {
    completion.done(
        new Capabilities(
            "RocketMQ " + readable(oldest.version()),
            false,
            true,
            settings.sqlFilters(),
            createsTopics,
            !settings.rejectsTransactions(),
            settings.maxMessageBytes(),
            settings.maxMessageBytes()));
  }

  private void failed(ClientException failure) {
    completion.failed(Failures.ofStart(failure, endpoint));
  }

  /** {@code V5_5_0} as people write it. */
  private static String readable(String version) {
    if (version.isEmpty()) {
      return "of a version that it does not tell";
    }
    String digits = version.startsWith("V") ? version.substring(1) : version;
    return digits.replace('_', '.');
  }
}
