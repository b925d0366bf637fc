package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ClientTls;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.GroupMember;
import dev.sluice.rocketmq.group.MemberTerms;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The producer and the member of the group that a bus uses, which share one client id and its
 * connections.
 */
record BusClient(
    Membership membership,
    QueueFlows flows,
    KeyedSends sends,
    Producer producer,
    GroupMember member,
    BoundedCloseable closing)
    implements BoundedCloseable {

  private static final Duration REBALANCE = Duration.ofSeconds(20);

  /** Opens everything, and joins; undoes that when it fails. Waits for no broker. */
  static BusClient open(RocketMQOptions options, Ledger ledger, Reachability reachability) {
    ClientRuntimes runtimes = new ClientRuntimes(ledger, Clock.system());
    ClientOptions client = client(options);
    Producer producer = Producer.create(producing(options, client), runtimes);
    producer.start();
    try {
      return join(options, client, runtimes, producer, reachability);
    } catch (RuntimeException e) {
      producer.close(Duration.ofSeconds(5));
      throw e;
    }
  }

  private static ClientOptions client(RocketMQOptions options) {
    // Two buses in one process must be two members.
    ClientOptions.Builder builder =
        ClientOptions.builder(options.nameServers())
            .instanceName("bus-" + UUID.randomUUID())
            .namespace(options.namespace());
    RocketMQOptions.Credentials credentials = options.credentials();
    if (credentials != null) {
      builder.credentials(
          credentials.accessKey(), credentials.secretKey(), credentials.securityToken());
    }
    RocketMQOptions.Tls tls = options.tls();
    if (tls != null) {
      ClientTls.Builder secured = ClientTls.builder().checkHostName(tls.checkHostName());
      if (tls.authorities() != null) {
        secured.authorities(tls.authorities());
      }
      if (tls.certificate() != null && tls.key() != null) {
        secured.certificate(tls.certificate()).key(tls.key());
      }
      builder.tls(secured.build());
    }
    return builder.build();
  }

  private static ProducerOptions producing(RocketMQOptions options, ClientOptions client) {
    Duration longest = options.bus().publishTimeout();
    Duration attempt = options.sendTimeout();
    ProducerOptions.Builder producing =
        ProducerOptions.builder(client, options.bus().group())
            .sendTimeout(attempt.compareTo(longest) < 0 ? attempt : longest)
            .retryUnknownOutcome(false)
            .maxInFlight(options.bus().maxPublishing());
    if (options.newTopicQueues() > 0) {
      // A send may be faster than whoever makes the topic: keys must not change their queue then.
      producing.createTopicQueues(options.newTopicQueues());
    }
    return producing.build();
  }

  private static BusClient join(
      RocketMQOptions options,
      ClientOptions client,
      ClientRuntimes runtimes,
      Producer producer,
      Reachability reachability) {
    RuntimeLease lease = runtimes.lease(client);
    try {
      Membership membership = membership(options, client, lease);
      QueueFlows flows = new QueueFlows(membership, options.pollWait(), reachability);
      GroupMember member =
          GroupMember.join(
              membership,
              flows,
              new BusUpkeep(membership, flows, options.commitInterval()),
              new BusAnswers(membership, flows));
      KeyedSends sends =
          new KeyedSends(producer, declared(options), TimeoutScheduler.system(), reachability);
      BoundedCloseable closing =
          StagedClose.named("RocketMQ")
              .action("publish no more", sends::close)
              .stage(
                  "producer and member",
                  1,
                  deadline -> StagedClose.closeAll(List.of(producer, member), deadline))
              .build();
      return new BusClient(membership, flows, sends, producer, member, closing);
    } catch (RuntimeException e) {
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
  }

  private static List<String> declared(RocketMQOptions options) {
    List<String> topics = new ArrayList<>(options.bus().topics());
    options.bus().topics().forEach(topic -> topics.add(options.bus().deadLetterTopic(topic)));
    return topics;
  }

  private static Membership membership(
      RocketMQOptions options, ClientOptions client, RuntimeLease lease) {
    ClientRuntime runtime = lease.runtime();
    Namespace namespace = new Namespace(options.namespace());
    String group = namespace.wrap(options.bus().group());
    Map<String, FilterExpression> topics = new LinkedHashMap<>();
    options
        .bus()
        .topics()
        .forEach(topic -> topics.put(namespace.wrap(topic), FilterExpression.all()));
    MemberTerms terms =
        new MemberTerms(
            client,
            namespace,
            group,
            Heartbeat.ConsumeType.CONSUME_ACTIVELY,
            ConsumeModel.CLUSTERING,
            topics,
            StartFrom.first(),
            AllocationStrategy.averagely(),
            REBALANCE,
            runtime.clock().currentTimeMillis());
    QueueDirectory directory = new QueueDirectory(runtime.remoting());
    return Membership.of(
        terms, lease, directory, new BrokerOffsets(runtime.remoting(), directory, group));
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
