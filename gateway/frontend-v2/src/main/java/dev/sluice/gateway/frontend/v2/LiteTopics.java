package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.NotifyUnsubscribeLiteCommand;
import dev.sluice.gateway.proto.v2.OffsetOption;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionRequest;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionResponse;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.LiteChange;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SyncLiteSubscription: what lite topics a client is subscribed to, which the message system keeps
 * by the client's name and forgets when nothing is heard of it.
 */
final class LiteTopics {

  /** The most characters of a lite topic's name. */
  static final int MAX_NAME = 64;

  /** The most lite topics of one request; the group's quota is the message system's. */
  private static final int MAX_NAMES = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(LiteTopics.class);

  private final Callers callers;
  private final TopicKinds kinds;

  LiteTopics(Callers callers, TopicKinds kinds) {
    this.callers = callers;
    this.kinds = kinds;
  }

  static SyncLiteSubscriptionResponse refused(Status status) {
    return SyncLiteSubscriptionResponse.newBuilder().setStatus(status).build();
  }

  /**
   * The name, checked.
   *
   * @throws Refusal where it is none
   */
  static String checked(String name) {
    boolean fine = !name.isEmpty() && name.length() <= MAX_NAME;
    for (int i = 0; fine && i < name.length(); i++) {
      char c = name.charAt(i);
      fine =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_';
    }
    if (!fine) {
      throw new Refusal(
          Code.ILLEGAL_LITE_TOPIC,
          "lite_topic: '"
              + Names.shown(name)
              + "' (expected: 1 to "
              + MAX_NAME
              + " letters, digits, - and _)");
    }
    return name;
  }

  void sync(SyncLiteSubscriptionRequest request, Reply<SyncLiteSubscriptionResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    String group = ResourceNames.group(request.getGroup());
    call.mayConsume(group, topic);
    LiteChange change =
        new LiteChange(
            topic,
            group,
            call.client().whole(),
            action(request),
            names(request),
            start(request),
            request.getVersion());
    kinds.of(
        call.lease(),
        topic,
        taken ->
            reply.unlessRefused(
                () -> {
                  checkKind(call.lease(), topic, taken);
                  change(call.lease(), change, reply);
                }));
  }

  private static void checkKind(UpstreamLease lease, String topic, Set<MessageKind> taken) {
    if (!taken.contains(MessageKind.LITE)) {
      ActiveUpstream active = lease.current();
      if (active != null && !active.capabilities().messageKinds().contains(MessageKind.LITE)) {
        throw new Refusal(
            Code.UNSUPPORTED,
            "lite topics: "
                + active.capabilities().kind()
                + " has none (expected: RocketMQ 5.5 or later)");
      }
      throw new Refusal(
          Code.ILLEGAL_TOPIC, "topic: " + topic + " has no lite topics (expected: a LITE topic)");
    }
  }

  private static void change(
      UpstreamLease lease, LiteChange change, Reply<SyncLiteSubscriptionResponse> reply) {
    lease.group(
        change.group(),
        reply.orRefuse(
            known -> {
              checkBound(known, change.topic());
              lease.use(
                  reply.orRefuse(
                      active ->
                          active
                              .upstream()
                              .changeLite(
                                  change,
                                  reply.orRefuse(done -> reply.send(refused(Statuses.OK))))));
            }));
  }

  private static void checkBound(ConsumerGroup group, String topic) {
    ConsumerGroup.Lite lite = group.lite();
    if (lite == null || !lite.topic().equals(topic)) {
      throw new Refusal(
          Code.ILLEGAL_CONSUMER_GROUP,
          "group: "
              + group.name()
              + " is bound to the lite topics of "
              + (lite == null ? "no topic" : lite.topic())
              + " (expected: of "
              + topic
              + ", which its attribute lite.bind.topic says on brokers that have lite topics)");
    }
  }

  private static LiteChange.Action action(SyncLiteSubscriptionRequest request) {
    return switch (request.getAction()) {
      case PARTIAL_ADD -> LiteChange.Action.ADD;
      case PARTIAL_REMOVE -> LiteChange.Action.REMOVE;
      case COMPLETE_ADD -> LiteChange.Action.REPLACE;
      case COMPLETE_REMOVE -> LiteChange.Action.LEAVE;
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "action: "
                  + request.getActionValue()
                  + " (expected: PARTIAL_ADD, PARTIAL_REMOVE, COMPLETE_ADD or COMPLETE_REMOVE)");
    };
  }

  private static Set<String> names(SyncLiteSubscriptionRequest request) {
    int count = request.getLiteTopicSetCount();
    if (count > MAX_NAMES) {
      throw new Refusal(
          Code.LITE_SUBSCRIPTION_QUOTA_EXCEEDED,
          "lite_topic_set: " + count + " (expected: at most " + MAX_NAMES + ")");
    }
    var names = new HashSet<String>();
    for (int i = 0; i < count; i++) {
      names.add(checked(request.getLiteTopicSet(i)));
    }
    return names;
  }

  private static LiteChange.@Nullable Start start(SyncLiteSubscriptionRequest request) {
    if (!request.hasOffsetOption()) {
      return null;
    }
    OffsetOption option = request.getOffsetOption();
    return switch (option.getOffsetTypeCase()) {
      case POLICY ->
          switch (option.getPolicy()) {
            case LAST -> new LiteChange.Start(LiteChange.Start.Kind.LAST, 0);
            case MIN -> new LiteChange.Start(LiteChange.Start.Kind.BEGINNING, 0);
            case MAX -> new LiteChange.Start(LiteChange.Start.Kind.END, 0);
            case UNRECOGNIZED ->
                throw new Refusal(
                    Code.BAD_REQUEST,
                    "offset_option.policy: "
                        + option.getPolicyValue()
                        + " (expected: LAST, MIN or MAX)");
          };
      case OFFSET -> number(LiteChange.Start.Kind.OFFSET, "offset", option.getOffset());
      case TAIL_N -> number(LiteChange.Start.Kind.BACK, "tail_n", option.getTailN());
      case TIMESTAMP -> number(LiteChange.Start.Kind.TIME, "timestamp", option.getTimestamp());
      case OFFSETTYPE_NOT_SET -> null;
    };
  }

  private static LiteChange.Start number(LiteChange.Start.Kind kind, String name, long value) {
    if (value < 0) {
      throw new Refusal(
          Code.ILLEGAL_OFFSET, "offset_option." + name + ": " + value + " (expected: 0 or more)");
    }
    return new LiteChange.Start(kind, value);
  }

  /**
   * A client says that it ends: what it was subscribed to ends now, and not when the message system
   * has not heard of it for some minutes. One that only loses its connection keeps it meanwhile.
   */
  static void left(Call call, String group) {
    UpstreamLease lease = call.lease();
    if (lease.current() == null) {
      return;
    }
    lease.group(
        group,
        quietly(
            known -> {
              ConsumerGroup.Lite lite = known.lite();
              ActiveUpstream active = lease.current();
              if (lite != null && active != null) {
                active
                    .upstream()
                    .changeLite(leaving(call.client(), group, lite), quietly(done -> {}));
              }
            }));
  }

  private static LiteChange leaving(Clients.Key client, String group, ConsumerGroup.Lite lite) {
    return new LiteChange(
        lite.topic(), group, client.whole(), LiteChange.Action.LEAVE, Set.of(), null, 0);
  }

  private static <T> Completion<T> quietly(Consumer<T> then) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        then.accept(value);
      }

      @Override
      public void failed(GatewayException failure) {
        LOG.debug("Lite subscriptions are left to expire: {}", failure.getMessage());
      }
    };
  }

  /** What a client is told when a subscription of its has been ended. */
  static TelemetryCommand unsubscribed(String liteTopic) {
    return TelemetryCommand.newBuilder()
        .setStatus(Statuses.OK)
        .setNotifyUnsubscribeLiteCommand(
            NotifyUnsubscribeLiteCommand.newBuilder().setLiteTopic(liteTopic))
        .build();
  }
}
