package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.BrokerRuntime;
import dev.sluice.rocketmq.requests.ClusterInfo;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.requests.TopicRoute.BrokerData;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes requests, to one broker or all, as futures that complete on event loops. */
final class Requests {
  private static final int FIVE = 5;

  private final RemotingClient remoting;
  private final Namespace namespace;
  private final long timeoutMillis;

  Requests(ClientOptions options, ClientRuntime runtime) {
    this.remoting = runtime.remoting();
    this.namespace = new Namespace(options.namespace());
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  RemotingClient remoting() {
    return remoting;
  }

  /** A topic or group as brokers know it. */
  String wrap(String name) {
    return namespace.wrap(name);
  }

  /** A topic or group as the application knows it. */
  String unwrap(String name) {
    return namespace.unwrap(name);
  }

  /** A queue as the application knows it. */
  MessageQueue unwrap(QueueLocks.Queue queue) {
    return new MessageQueue(unwrap(queue.topic()), queue.brokerName(), queue.queueId());
  }

  /** Whether the application sees a topic. */
  boolean isInNamespace(String topic) {
    return unwrap(topic).equals(topic) ? wrap(topic).equals(topic) : true;
  }

  <R> CompletableFuture<R> read(Endpoint broker, Request<R> request) {
    return call(broker, request, Commands.Effect.READS);
  }

  <R> CompletableFuture<R> change(Endpoint broker, Request<R> request) {
    return call(broker, request, Commands.Effect.CHANGES);
  }

  private <R> CompletableFuture<R> call(
      Endpoint broker, Request<R> request, Commands.Effect effect) {
    return FutureReply.of(
        reply -> remoting.commands().call(broker, request, effect, timeoutMillis, reply));
  }

  /** A topic's route, as the name server knows it now. */
  CompletableFuture<Route> route(String wrapped) {
    return FutureReply.of(reply -> remoting.routes().refresh(wrapped, reply));
  }

  /** The brokers of all clusters. */
  CompletableFuture<List<BrokerData>> brokers() {
    return FutureReply.<ClusterInfo>of(reply -> remoting.administration().clusters(reply))
        .thenApply(cluster -> List.copyOf(cluster.brokers().values()));
  }

  /** A broker that has a master now. */
  record Master(String broker, Endpoint address) {}

  /**
   * The masters of brokers; fails as UNAVAILABLE where there is none, and as NOT_FOUND where what
   * is named is not there.
   */
  CompletableFuture<List<Master>> masters(Where where) {
    return brokers()
        .thenApply(
            brokers -> {
              List<Master> masters = masters(Chosen.of(where, brokers));
              if (masters.isEmpty()) {
                throw RocketMQException.of(
                    Category.UNAVAILABLE, "the name servers know no master now");
              }
              return masters;
            });
  }

  private static List<Master> masters(List<BrokerData> brokers) {
    List<Master> masters = new ArrayList<>();
    for (BrokerData each : brokers) {
      String address = each.master();
      if (address != null) {
        masters.add(new Master(each.brokerName(), Endpoint.parse(address)));
      }
    }
    return masters;
  }

  /** Where all masters are; fails as UNAVAILABLE where there is none. */
  CompletableFuture<List<Endpoint>> masterAddresses() {
    return masters(Where.everywhere())
        .thenApply(masters -> masters.stream().map(Master::address).toList());
  }

  /** Asks each of these, and gives all answers in their order, or the first failure. */
  <R> CompletableFuture<List<R>> readEach(List<Endpoint> brokers, Request<R> request) {
    return all(brokers.stream().map(broker -> read(broker, request)).toList());
  }

  /** Changes something at the masters of brokers. */
  CompletableFuture<Void> changeEach(Where where, Request<?> request) {
    return masters(where)
        .thenCompose(
            masters ->
                all(masters.stream().map(master -> change(master.address(), request)).toList()))
        .thenAccept(done -> {});
  }

  /** Fails, naming the broker and its version, where one of them is of 4.x. */
  CompletableFuture<Void> requireFive(Where where, String what, Object value) {
    return masters(where)
        .thenCompose(
            masters ->
                all(
                    masters.stream()
                        .map(
                            master ->
                                read(master.address(), new BrokerRuntime.Get())
                                    .thenAccept(
                                        runtime ->
                                            requireFive(master.broker(), runtime, what, value)))
                        .toList()))
        .thenAccept(done -> {});
  }

  private static void requireFive(String broker, BrokerRuntime runtime, String what, Object value) {
    if (runtime.majorVersion() < FIVE) {
      throw RocketMQException.invalid(
          what, value, "brokers of 5.x; " + broker + " runs " + runtime.version());
    }
  }

  /** All values, when all are there, in their order; else the first failure, when all are over. */
  static <R> CompletableFuture<List<R>> all(List<? extends CompletableFuture<? extends R>> calls) {
    return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done -> {
              List<R> values = new ArrayList<>(calls.size());
              calls.forEach(call -> values.add(call.join()));
              return values;
            });
  }

  /** The address of a topic's broker to read from. */
  static Endpoint reader(Route route, String broker) {
    dev.sluice.rocketmq.remoting.Broker found = route.broker(broker);
    return there(broker, found == null ? null : found.reader());
  }

  static Endpoint there(String broker, @Nullable Endpoint address) {
    if (address == null) {
      throw RocketMQException.of(
          Category.NOT_FOUND, "broker: " + broker + " (expected: one that is there now)");
    }
    return address;
  }
}
