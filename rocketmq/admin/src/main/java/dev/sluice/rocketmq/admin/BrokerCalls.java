package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.requests.BrokerConfig;
import dev.sluice.rocketmq.requests.BrokerRuntime;
import dev.sluice.rocketmq.requests.TopicRoute.BrokerData;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What is asked about brokers. */
final class BrokerCalls {
  private final Requests requests;

  BrokerCalls(Requests requests) {
    this.requests = requests;
  }

  static BrokerNode node(BrokerData data) {
    return new BrokerNode(data.cluster(), data.brokerName(), data.addresses());
  }

  CompletableFuture<List<BrokerNode>> all() {
    return requests
        .brokers()
        .thenApply(
            brokers ->
                brokers.stream()
                    .map(BrokerCalls::node)
                    .sorted(Comparator.comparing(BrokerNode::name))
                    .toList());
  }

  CompletableFuture<String> version(String broker) {
    return master(broker)
        .thenCompose(master -> requests.read(master, new BrokerRuntime.Get()))
        .thenApply(BrokerRuntime::version);
  }

  CompletableFuture<Map<String, String>> config(String broker) {
    return master(broker)
        .thenCompose(master -> requests.read(master, new BrokerConfig.Get()))
        .thenApply(BrokerConfig::values);
  }

  private CompletableFuture<Endpoint> master(String broker) {
    return requests
        .brokers()
        .thenApply(
            brokers ->
                Requests.there(
                    broker,
                    brokers.stream()
                        .filter(each -> each.brokerName().equals(broker))
                        .map(BrokerData::master)
                        .filter(address -> address != null)
                        .map(Endpoint::parse)
                        .findFirst()
                        .orElse(null)));
  }
}
