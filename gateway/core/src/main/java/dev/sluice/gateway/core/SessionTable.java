package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.deliveries.TagSet;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The live sessions by id. */
final class SessionTable implements Sessions {

  private static final int MAX_CLEANED = 100_000;

  private final Instance instance;
  private final SharedUpstreams upstreams;
  private final Deliveries deliveries;
  // A session removes itself when it is closed, at the latest with its connection.
  private final ConcurrentMap<String, LiveProducer> producers = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LiveConsumer> consumers = new ConcurrentHashMap<>();
  private final CleanedIds cleaned = new CleanedIds(MAX_CLEANED);

  SessionTable(Instance instance, SharedUpstreams upstreams, Deliveries deliveries) {
    this.instance = instance;
    this.upstreams = upstreams;
    this.deliveries = deliveries;
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
              instance.endpoints().portable(endpoint),
              spec.instance(),
              spec.credentials(),
              spec.topic());
      session = live(scope, content.seal(instance.sealer()), content, endpoint);
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
      ConsumerId content = content(spec, endpoint);
      session = live(scope, content.seal(instance.sealer()), content, endpoint);
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
                completion.done(session);
              }

              @Override
              public void failed(GatewayException failure) {
                if (comesLater(session, failure)) {
                  session.topicIsMissing();
                  completion.done(session);
                } else {
                  session.close();
                  completion.failed(failure);
                }
              }
            });
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

  private ConsumerId content(ConsumerSpec spec, Endpoint endpoint) {
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
    LiveProducer live = producers.get(id);
    if (live != null) {
      return live;
    }
    instance.requireAccepting();
    ProducerId content =
        ProducerId.open(instance.sealer(), id)
            .filter(opened -> !cleaned.contains(id))
            .orElseThrow(() -> notFound("producer id", Subject.PRODUCER_ID));
    Endpoint endpoint = instance.endpoints().resolve(content.endpoint());
    return live(scope, id, content, endpoint);
  }

  @Override
  public ConsumerSession consumer(ConnectionScope scope, String id) {
    LiveConsumer live = consumers.get(id);
    if (live != null) {
      return live;
    }
    instance.requireAccepting();
    ConsumerId content =
        ConsumerId.open(instance.sealer(), id)
            .filter(opened -> !cleaned.contains(id))
            .orElseThrow(() -> notFound("consumer id", Subject.CONSUMER_ID));
    Endpoint endpoint = instance.endpoints().resolve(content.endpoint());
    return live(scope, id, content, endpoint);
  }

  private static GatewayException notFound(String what, Subject subject) {
    return GatewayException.notFound(
        subject,
        what + ": does not open or was cleaned up (expected: one that this cluster gave out)");
  }

  private LiveProducer live(
      ConnectionScope scope, String id, ProducerId content, Endpoint endpoint) {
    UpstreamLease lease =
        upstreams.lease(
            endpoint.scheme(),
            new UpstreamSpec(endpoint.address(), content.instance(), content.credentials()),
            UpstreamLease.Idle.PRODUCER,
            scope.peer());
    var session = new LiveProducer(instance, scope, id, content.topic(), lease, this);
    LiveProducer other = producers.putIfAbsent(id, session);
    if (other != null) {
      session.close();
      return other;
    }
    scope.adopt(session);
    return session;
  }

  private LiveConsumer live(
      ConnectionScope scope, String id, ConsumerId content, Endpoint endpoint) {
    UpstreamLease lease =
        upstreams.lease(
            endpoint.scheme(),
            new UpstreamSpec(endpoint.address(), content.instance(), content.credentials()),
            UpstreamLease.Idle.CONSUMER,
            scope.peer());
    var session = new LiveConsumer(instance, scope, id, content, lease, this, deliveries);
    LiveConsumer other = consumers.putIfAbsent(id, session);
    if (other != null) {
      session.close();
      return other;
    }
    scope.adopt(session);
    return session;
  }

  void remove(LiveProducer session) {
    producers.remove(session.id(), session);
  }

  void remove(LiveConsumer session) {
    consumers.remove(session.id(), session);
  }

  @Override
  public int cleanupProducer(String id) {
    LiveProducer live = producers.get(id);
    if (live == null && ProducerId.open(instance.sealer(), id).isEmpty()) {
      return 0;
    }
    // Marked first: nobody can bring it back between the two.
    boolean first = cleaned.add(id);
    if (live != null) {
      live.close();
    }
    return first ? 1 : 0;
  }

  @Override
  public int cleanupConsumer(String id) {
    LiveConsumer live = consumers.get(id);
    if (live == null && ConsumerId.open(instance.sealer(), id).isEmpty()) {
      return 0;
    }
    boolean first = cleaned.add(id);
    if (live != null) {
      live.close();
    }
    return first ? 1 : 0;
  }

  @Override
  public int cleanupProducers(@Nullable ConnectionScope scope, String topic, String endpoint) {
    Endpoint wanted = endpoint.isEmpty() ? null : instance.endpoints().resolve(endpoint);
    Predicate<LiveProducer> chosen =
        session ->
            session.topic().equals(topic)
                && (scope == null || session.scope().equals(scope))
                && (wanted == null || session.lease().endpoint().equals(wanted));
    return List.copyOf(producers.values()).stream()
        .filter(chosen)
        .mapToInt(session -> cleanupProducer(session.id()))
        .sum();
  }

  @Override
  public int cleanupConsumers(@Nullable ConnectionScope scope, String group, String topic) {
    Predicate<LiveConsumer> chosen =
        session ->
            session.group().equals(group)
                && (scope == null || session.scope().equals(scope))
                && (topic.isEmpty() || session.topic().equals(topic));
    return List.copyOf(consumers.values()).stream()
        .filter(chosen)
        .mapToInt(session -> cleanupConsumer(session.id()))
        .sum();
  }
}
