package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import java.util.List;

/** Starts a client, and finds out what its cluster can do. On a loop; acquires nothing else. */
final class Start {
  /** Brokers that create topics on first use announce that by having this topic. */
  private static final String TEMPLATE_TOPIC = "TBW102";

  private final RemotingClient client;
  private final String endpoint;
  private final Completion<BrokerFacts> completion;

  Start(RemotingClient client, String endpoint, Completion<BrokerFacts> completion) {
    this.client = client;
    this.endpoint = endpoint;
    this.completion = completion;
  }

  void begin() {
    try {
      client.start();
    } catch (IllegalArgumentException e) {
      completion.failed(Failures.ofFiles(e, endpoint));
      return;
    }
    client.administration().brokers(Then.of(this::versions, this::failed));
  }

  private void versions(List<BrokerInfo> brokers) {
    if (brokers.isEmpty()) {
      completion.failed(
          GatewayException.unavailable(
              "upstream: " + endpoint + " knows no broker (expected: one master at least)", null));
      return;
    }
    BrokerRelease release;
    try {
      release = BrokerRelease.of(brokers);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    client
        .commands()
        .call(
            brokers.getFirst().endpoint(),
            new AdminRequests.BrokerSettings(),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                settings -> template(release, settings),
                failure -> {
                  // A broker may keep its configuration from this caller, and serve it all the
                  // same.
                  if (failure.code() != ClientException.NO_CODE) {
                    template(release, AdminRequests.BrokerSettings.Answer.DEFAULT);
                  } else {
                    failed(failure);
                  }
                }));
  }

  private void template(BrokerRelease release, AdminRequests.BrokerSettings.Answer settings) {
    client
        .routes()
        .lookup(
            TEMPLATE_TOPIC,
            Then.of(
                route -> ready(release, settings, true),
                failure -> {
                  if (failure.category() == FailureCategory.NOT_FOUND) {
                    ready(release, settings, false);
                  } else {
                    failed(failure);
                  }
                }));
  }

  private void ready(
      BrokerRelease release, AdminRequests.BrokerSettings.Answer settings, boolean createsTopics) {
    completion.done(new BrokerFacts(release, settings, createsTopics));
  }

  private void failed(ClientException failure) {
    completion.failed(Failures.ofStart(failure, endpoint));
  }
}
