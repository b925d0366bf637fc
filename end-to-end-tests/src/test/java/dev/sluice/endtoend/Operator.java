package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Credentials;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.OutgoingMessage;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.CreateGroup;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConfig;
import dev.sluice.rocketmq.requests.MessageBody;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.wire.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who looks after the broker behind the gateways, and talks to it without them. */
final class Operator implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long TIMEOUT_MILLIS = 10_000;

  private final Ledger ledger = Ledger.create();
  private final EventLoops loops = EventLoops.owned(1, ledger);
  private final RemotingClient client;

  private Operator(String nameServer, @Nullable Credentials credentials) {
    loops.start();
    client =
        RemotingClient.create(
            RemotingOptions.builder(nameServer).credentials(credentials).build(),
            loops,
            ledger,
            Clock.system());
    client.start();
  }

  static Operator of(String nameServer) {
    return new Operator(nameServer, null);
  }

  /** The same before a broker that asks who is there. */
  static Operator of(String nameServer, String accessKey, String secret) {
    return new Operator(nameServer, Credentials.of(accessKey, secret));
  }

  /** Has the broker know a user, and allow it these actions on these resources. */
  void newUser(String name, String secret, List<String> resources, List<String> actions) {
    tell(BrokerUsers.user(name, secret));
    tell(BrokerUsers.rights(name, resources, actions));
  }

  /** A topic with a name of its own, once the name server knows it. */
  String newTopic(String prefix, int queues, TopicSpec.MessageType type) {
    String topic = prefix + "-" + UUID.randomUUID();
    makeTopic(topic, queues, type);
    return topic;
  }

  void makeTopic(String topic, int queues, TopicSpec.MessageType type) {
    get(
        (Reply<Done> reply) ->
            client.administration().createTopic(new TopicSpec(topic, queues, queues, type), reply));
    Deadline deadline = Deadline.after(PATIENCE);
    while (route(topic) == null) {
      if (deadline.isPast()) {
        throw new AssertionError(topic + " is not known within " + PATIENCE);
      }
    }
  }

  /** {@code host:port} of the broker. */
  String brokerAddress() {
    return get((Reply<List<BrokerInfo>> reply) -> client.administration().brokers(reply))
        .getFirst()
        .endpoint()
        .toString();
  }

  /** A group with a name of its own. */
  String newGroup(String prefix, boolean ordered, int maxRetries, Duration... waits) {
    String group = prefix + "-" + UUID.randomUUID();
    var steps = new ArrayList<Long>();
    for (Duration wait : waits) {
      steps.add(wait.toMillis());
    }
    var config =
        new GroupConfig(
            group,
            ordered,
            maxRetries,
            steps.isEmpty() ? GroupConfig.Retries.USUAL : new GroupConfig.Retries.Steps(steps));
    tell(CreateGroup.of(config));
    return group;
  }

  /** Whom the broker asks about transactions of the group, as it tells. */
  String producers(String group) {
    return ask(new ProducerMembers(group));
  }

  private void tell(Request<Done> request) {
    ask(request);
  }

  private <T> T ask(Request<T> request) {
    return get(
        (Reply<T> reply) ->
            client
                .administration()
                .brokers(
                    new Then<>(
                        reply,
                        brokers ->
                            client
                                .commands()
                                .call(
                                    brokers.getFirst().endpoint(),
                                    request,
                                    Commands.Effect.CHANGES,
                                    TIMEOUT_MILLIS,
                                    reply))));
  }

  /** Stores a message in a topic's first queue, with the system's flags as given. */
  void send(String topic, int systemFlags, byte[] body) {
    TopicQueue queue = Objects.requireNonNull(route(topic)).writableQueues().getFirst();
    var content = SendBatch.Member.of(0, "", ByteBuffer.wrap(body));
    var message =
        new OutgoingMessage("operators", systemFlags, System.currentTimeMillis(), content);
    var _ =
        get(
            (Reply<SendReply> reply) ->
                client.sending().send(queue, message, TIMEOUT_MILLIS, reply));
  }

  /** The bodies of all that is stored of a topic; nothing where the topic is not there. */
  List<String> read(String topic) {
    var all = new ArrayList<String>();
    Route route = route(topic);
    if (route == null) {
      return all;
    }
    for (TopicQueue queue : route.readableQueues()) {
      long next = 0;
      while (true) {
        long from = next;
        PullReply reply =
            get(done -> client.pulling().pull("operators", queue, from, 32, 0, Filter.ALL, done));
        reply.messages().forEach(message -> all.add(body(message)));
        if (reply.status() != PullReply.Status.FOUND) {
          break;
        }
        next = reply.nextOffset();
      }
    }
    return all;
  }

  private static String body(StoredMessage message) {
    return switch (message.body()) {
      case MessageBody.Decoded decoded -> UTF_8.decode(decoded.bytes().duplicate()).toString();
      case MessageBody.Undecoded undecoded -> throw new AssertionError(undecoded);
    };
  }

  private @Nullable Route route(String topic) {
    try {
      return get(reply -> client.routes().refresh(topic, reply));
    } catch (CompletionException e) {
      if (e.getCause() instanceof ClientException failure
          && failure.category() == FailureCategory.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private static <T> T get(Consumer<Reply<T>> call) {
    var result = new CompletableFuture<T>();
    call.accept(
        new Reply<>() {
          @Override
          public void done(T value) {
            result.complete(value);
          }

          @Override
          public void failed(ClientException failure) {
            result.completeExceptionally(failure);
          }
        });
    return Objects.requireNonNull(result.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
  }

  /** Goes on with what a call gives. */
  private record Then<T>(Reply<?> failing, Consumer<T> next) implements Reply<T> {
    @Override
    public void done(T value) {
      next.accept(value);
    }

    @Override
    public void failed(ClientException failure) {
      failing.failed(failure);
    }
  }

  @Override
  public void close() {
    client.close(Deadline.after(Duration.ofSeconds(5)));
    loops.close(Deadline.after(Duration.ofSeconds(5)));
  }
}
