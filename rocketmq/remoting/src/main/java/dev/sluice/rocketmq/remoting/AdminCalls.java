package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.BrokerRuntime;
import dev.sluice.rocketmq.requests.ClusterInfo;
import dev.sluice.rocketmq.requests.CreateGroup;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.FindGroup;
import dev.sluice.rocketmq.requests.GetGroup;
import dev.sluice.rocketmq.requests.GetRoute;
import dev.sluice.rocketmq.requests.GroupConfig;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.requests.TopicRequests;
import dev.sluice.rocketmq.requests.TopicRoute;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Asks the name servers who is there, and then every master. */
final class AdminCalls implements Administration {
  private final NameServers nameServers;
  private final RouteCache routes;
  private final CallRouter router;
  private final long timeoutMillis;

  AdminCalls(
      NameServers nameServers, RouteCache routes, CallRouter router, RemotingOptions options) {
    this.nameServers = nameServers;
    this.routes = routes;
    this.router = router;
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void createTopic(TopicSpec topic, Reply<Done> reply) {
    Map<String, String> attributes =
        topic.messageType() == TopicSpec.MessageType.UNSPECIFIED
            ? Map.of()
            : Map.of(TopicConfig.MESSAGE_TYPE, topic.messageType().name());
    TopicConfig config =
        new TopicConfig(
            topic.name(),
            topic.readQueues(),
            topic.writeQueues(),
            TopicConfig.READ_WRITE,
            false,
            attributes);
    Reply<Done> created =
        Replies.map(
            done -> {
              routes.invalidate(topic.name());
              return done;
            },
            reply);
    changeAll(new TopicRequests.CreateTopic(config), created);
  }

  @Override
  public void deleteTopic(String topic, Reply<Done> reply) {
    Request<Done> atNameServer = new DeleteTopic(topic, RequestCode.DELETE_TOPIC_IN_NAMESRV);
    Reply<Done> goneFromBrokers =
        Replies.then(
            reply,
            done -> {
              List<Endpoint> servers = nameServers.all();
              Gathering<Done> gathering =
                  new Gathering<>(
                      servers.size(),
                      Replies.map(
                          all -> {
                            routes.invalidate(topic);
                            return Done.DONE;
                          },
                          reply));
              for (int i = 0; i < servers.size(); i++) {
                change(servers.get(i), atNameServer, gathering.slot(i));
              }
            });
    changeAll(new DeleteTopic(topic, RequestCode.DELETE_TOPIC_IN_BROKER), goneFromBrokers);
  }

  @Override
  public void listTopics(Reply<List<String>> reply) {
    router.onLoop(
        () ->
            nameServers.ask(
                new TopicRequests.ListTopics(),
                Replies.map(topics -> topics.stream().sorted().toList(), reply)),
        reply);
  }

  @Override
  public void createGroup(GroupSpec group, Reply<Done> reply) {
    changeAll(CreateGroup.of(group.name(), group.ordered(), group.maxAttempts()), reply);
  }

  @Override
  public void group(String group, Reply<GroupConfig> reply) {
    masters(Replies.then(reply, masters -> group(new GetGroup(group), masters, reply)));
  }

  private void group(GetGroup request, List<Master> masters, Reply<GroupConfig> reply) {
    if (masters.isEmpty()) {
      reply.failed(noMaster());
      return;
    }
    router.call(
        masters.getFirst().endpoint(),
        request,
        Commands.Effect.READS,
        timeoutMillis,
        Replies.orElse(
            reply,
            failure -> {
              if (failure.code() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
                find(new FindGroup(request.group()), masters.getFirst(), reply);
              } else if (masters.size() > 1) {
                group(request, masters.subList(1, masters.size()), reply);
              } else {
                reply.failed(failure);
              }
            }));
  }

  private void find(FindGroup request, Master master, Reply<GroupConfig> reply) {
    router.call(
        master.endpoint(),
        request,
        Commands.Effect.READS,
        timeoutMillis,
        Replies.then(
            reply,
            found ->
                found.ifPresentOrElse(
                    reply::done,
                    () ->
                        reply.failed(
                            ClientException.at(
                                master.endpoint(),
                                FailureCategory.NOT_FOUND,
                                "group: " + request.group() + " does not exist there")))));
  }

  private static ClientException noMaster() {
    return ClientException.of(FailureCategory.UNAVAILABLE, "the name servers know no master now");
  }

  @Override
  public void topicConfig(String topic, Reply<TopicConfig> reply) {
    routes.lookup(
        topic,
        Replies.then(
            reply,
            route -> {
              for (Broker broker : route.brokers()) {
                Endpoint master = broker.master();
                if (master != null) {
                  router.call(
                      master,
                      new TopicRequests.GetTopicConfig(topic),
                      Commands.Effect.READS,
                      timeoutMillis,
                      reply);
                  return;
                }
              }
              reply.failed(
                  ClientException.of(
                      FailureCategory.UNAVAILABLE, "topic: " + topic + " has no master now"));
            }));
  }

  @Override
  public void brokers(Reply<List<BrokerInfo>> reply) {
    eachMaster(
        new BrokerRuntime.Get(),
        Commands.Effect.READS,
        master ->
            runtime ->
                new BrokerInfo(
                    master.broker().name(),
                    master.broker().cluster(),
                    master.endpoint(),
                    runtime.version(),
                    runtime.majorVersion()),
        reply);
  }

  @Override
  public void route(String topic, Reply<TopicRoute> reply) {
    router.onLoop(() -> nameServers.ask(new GetRoute(topic), reply), reply);
  }

  @Override
  public void clusters(Reply<ClusterInfo> reply) {
    router.onLoop(() -> nameServers.ask(new ClusterInfo.Get(), reply), reply);
  }

  /** Every master that the name servers know, by name. */
  void masters(Reply<List<Master>> reply) {
    router.onLoop(
        () -> nameServers.ask(new ClusterInfo.Get(), Replies.map(AdminCalls::masters, reply)),
        reply);
  }

  /**
   * A broker that can be written to.
   *
   * @param broker its set
   * @param endpoint where its master listens
   */
  record Master(Broker broker, Endpoint endpoint) {}

  private static List<Master> masters(ClusterInfo cluster) {
    List<Master> masters = new ArrayList<>();
    for (TopicRoute.BrokerData data : cluster.brokers().values()) {
      Broker broker = RouteMaker.broker(data);
      Endpoint endpoint = broker.master();
      if (endpoint != null) {
        masters.add(new Master(broker, endpoint));
      }
    }
    return masters;
  }

  private void changeAll(Request<Done> request, Reply<Done> reply) {
    eachMaster(
        request,
        Commands.Effect.CHANGES,
        master -> done -> done,
        Replies.map((List<Done> all) -> Done.DONE, reply));
  }

  private <R, T> void eachMaster(
      Request<R> request,
      Commands.Effect effect,
      Function<Master, Function<R, T>> meaning,
      Reply<List<T>> reply) {
    masters(
        Replies.then(
            reply,
            masters -> {
              if (masters.isEmpty()) {
                reply.failed(noMaster());
                return;
              }
              Gathering<T> gathering = new Gathering<>(masters.size(), reply);
              for (int i = 0; i < masters.size(); i++) {
                Master master = masters.get(i);
                router.call(
                    master.endpoint(),
                    request,
                    effect,
                    timeoutMillis,
                    Replies.map(meaning.apply(master), gathering.slot(i)));
              }
            }));
  }

  private void change(Endpoint endpoint, Request<Done> request, Reply<Done> reply) {
    router.call(endpoint, request, Commands.Effect.CHANGES, timeoutMillis, reply);
  }
}
