package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.groups.TagSet;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.Optional;

/** Makes sessions, and finds them by their ids. */
final class SessionTable implements Sessions {

  private final Instance instance;
  private final Deliveries deliveries;
  private final LiveSessions<ProducerId, LiveProducer> producers;
  private final LiveSessions<ConsumerId, LiveConsumer> consumers;

  SessionTable(
      Instance instance,
      SharedUpstreams upstreams,
      Deliveries deliveries,
      Transactions transactions) {
    this.instance = instance;
    this.producers = new LiveSessions<>(instance, upstreams, new Producers(transactions));
    this.deliveries = deliveries;
    this.consumers = new LiveSessions<>(instance, upstreams, new Consumers(deliveries));
  }

  private final class Producers implements LiveSessions.Kind<ProducerId, LiveProducer> {
    private final Transactions transactions;

    Producers(Transactions transactions) {
      this.transactions = transactions;
    }

    @Override
    public String name() {
      return "producer id";
    }

    @Override
    public Subject subject() {
      return Subject.PRODUCER_ID;
    }

    @Override
    public UpstreamLease.Idle idle() {
      return UpstreamLease.Idle.PRODUCER;
    }

    @Override
    public Optional<ProducerId> open(String id) {
      return ProducerId.open(instance.sealer(), id);
    }

    @Override
    public LiveProducer make(LiveSession.Basis basis, ProducerId content) {
      return new LiveProducer(instance, basis, content, transactions);
    }
  }

  private final class Consumers implements LiveSessions.Kind<ConsumerId, LiveConsumer> {
    private final Deliveries deliveries;

    Consumers(Deliveries deliveries) {
      this.deliveries = deliveries;
    }

    @Override
    public String name() {
      return "consumer id";
    }

    @Override
    public Subject subject() {
      return Subject.CONSUMER_ID;
    }

    @Override
    public UpstreamLease.Idle idle() {
      return UpstreamLease.Idle.CONSUMER;
    }

    @Override
    public Optional<ConsumerId> open(String id) {
      return ConsumerId.open(instance.sealer(), id);
    }

    @Override
    public LiveConsumer make(LiveSession.Basis basis, ConsumerId content) {
      return new LiveConsumer(instance, basis, content, deliveries);
    }
  }

  @Override
  public void createProducer(
      ConnectionScope scope, ProducerSpec spec, Completion<ProducerSession> completion) {
    LiveProducer session;
    try {
      instance.requireAccepting();
      Names.checkTopic(spec.topic());
      Endpoint endpoint = endpoint(spec.endpoint(), spec.instance(), spec.credentials());
      var content =
          new ProducerId(
              scope.caller().name(),
              instance.endpoints().portable(endpoint),
              spec.instance(),
              spec.credentials(),
              spec.topic());
      session = producers.add(scope, content.seal(instance.sealer()), content, endpoint);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    session
        .lease()
        .use(
            new Completion<>() {
              @Override
              public void done(ActiveUpstream active) {
                completion.done(session);
              }

              @Override
              public void failed(GatewayException failure) {
                session.close();
                completion.failed(failure);
              }
            });
  }

  @Override
  public void createConsumer(
      ConnectionScope scope, ConsumerSpec spec, Completion<ConsumerSession> completion) {
    LiveConsumer session;
    try {
      instance.requireAccepting();
      Endpoint endpoint = endpoint(spec.endpoint(), spec.instance(), spec.credentials());
      ConsumerId content = content(scope.caller(), spec, endpoint);
      session = consumers.add(scope, content.seal(instance.sealer()), content, endpoint);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    SharedUpstream.of(session.lease())
        .call(
            (upstream, done) -> upstream.subscribe(session.subscription(), done),
            new Completion<Void>() {
              @Override
              public void done(Void nothing) {
                unlessItWouldBeRefused(session, completion);
              }

              @Override
              public void failed(GatewayException failure) {
                if (comesLater(session, failure)) {
                  replaced(session, completion);
                } else {
                  session.close();
                  completion.failed(failure);
                }
              }
            });
  }

  private void unlessItWouldBeRefused(
      LiveConsumer session, Completion<ConsumerSession> completion) {
    deliveries.foresee(
        session.lease(),
        session.subscription(),
        session.ordered(),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            completion.done(session);
          }

          @Override
          public void failed(GatewayException failure) {
            session.close();
            completion.failed(failure);
          }
        });
  }

  /**
   * Goes on with a session of the same group that begins with the topic. All that a topic will hold
   * that is not there yet comes after the subscription, and the id has to say so: what is sent
   * while no session of it is live belongs to the group too.
   */
  private void replaced(LiveConsumer session, Completion<ConsumerSession> completion) {
    ConsumerId content = session.content().startingAt(new Subscription.Start.Earliest());
    SharedUpstream shared = SharedUpstream.of(session.lease());
    // Nobody may have a claim to it for a moment.
    shared.pin();
    ConsumerSession other;
    try {
      // First this: the caller may have as many as it is allowed.
      session.close();
      Endpoint endpoint = instance.endpoints().resolve(content.endpoint());
      other = consumers.add(session.scope(), content.seal(instance.sealer()), content, endpoint);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    } finally {
      shared.unpin();
    }
    completion.done(other);
  }

  private static boolean comesLater(LiveConsumer session, GatewayException failure) {
    ActiveUpstream active = session.lease().current();
    return failure.category() == ErrorCategory.NOT_FOUND
        && active != null
        && active.capabilities().createsTopicsOnSend();
  }

  private Endpoint endpoint(String text, String name, Credentials credentials) {
    Names.checkLength("instance", name, Subject.NONE);
    Names.checkLength("access key", credentials.accessKey(), Subject.NONE);
    Names.checkLength("secret key", credentials.secretKey(), Subject.NONE);
    return instance.endpoints().resolve(text);
  }

  private ConsumerId content(Caller caller, ConsumerSpec spec, Endpoint endpoint) {
    Names.checkTopic(spec.topic());
    Names.checkGroup(spec.group());
    Names.checkLength("filter", spec.filter().expression(), Subject.FILTER);
    Filter filter = TagSet.normalised(spec.filter());
    Duration maxHold = spec.maxHold();
    if (maxHold != null
        && (maxHold.compareTo(Duration.ofSeconds(1)) < 0
            || maxHold.compareTo(Duration.ofDays(1)) > 0)) {
      throw GatewayException.invalid(
          Subject.INVISIBLE_DURATION,
          "maximum hold: " + Checks.text(maxHold) + " (expected: 1s to 24h)");
    }
    return new ConsumerId(
        caller.name(),
        instance.endpoints().portable(endpoint),
        spec.instance(),
        spec.credentials(),
        spec.topic(),
        spec.group(),
        filter,
        spec.start(),
        spec.ordered(),
        maxHold == null ? Duration.ZERO : maxHold);
  }

  @Override
  public ProducerSession producer(ConnectionScope scope, String id) {
    return producers.get(scope, id);
  }

  @Override
  public ConsumerSession consumer(ConnectionScope scope, String id) {
    return consumers.get(scope, id);
  }

  @Override
  public int cleanupProducer(ConnectionScope scope, String id) {
    return producers.cleanUp(scope, id);
  }

  @Override
  public int cleanupConsumer(ConnectionScope scope, String id) {
    return consumers.cleanUp(scope, id);
  }

  @Override
  public int cleanupProducers(ConnectionScope scope, String topic, String endpoint) {
    Endpoint wanted = endpoint.isEmpty() ? null : instance.endpoints().resolve(endpoint);
    return producers.cleanUp(
        scope,
        session ->
            session.topic().equals(topic)
                && (wanted == null || session.lease().endpoint().equals(wanted)));
  }

  @Override
  public int cleanupConsumers(ConnectionScope scope, String group, String topic) {
    return consumers.cleanUp(
        scope,
        session ->
            session.group().equals(group) && (topic.isEmpty() || session.topic().equals(topic)));
  }
}
