package dev.sluice.rocketmq.admin;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The life of an admin, and its calls that wait. */
final class DefaultAdmin implements Admin {
  private final ClientOptions options;
  private final ClientRuntimes runtimes;
  private volatile State state = new State.New();

  /** What an admin is. */
  private sealed interface State {
    /** Made, and has nothing. */
    record New() implements State {}

    /** On its way to have something. */
    record Starting() implements State {}

    /** Started. */
    record Running(ActiveAdmin active, RuntimeLease lease, Tracked entry) implements State {}

    /** Closing or closed. */
    record Closed(CompletionStage<CloseReport> report) implements State {}
  }

  DefaultAdmin(ClientOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
  }

  @Override
  public void start() {
    toStarting();
    RuntimeLease lease;
    try {
      lease = runtimes.lease(options);
    } catch (RuntimeException e) {
      leaveStarting(new State.New());
      throw e;
    }
    Tracked entry = lease.runtime().ledger().track("admin", options.clientId(), this);
    ActiveAdmin active = new ActiveAdmin(options, lease.runtime());
    if (!leaveStarting(new State.Running(active, lease, entry))) {
      entry.close();
      var unused = lease.closeAsync(Deadline.after(options.callTimeout()));
      throw RocketMQException.of(Category.UNAVAILABLE, "admin: closed during its start");
    }
  }

  private synchronized void toStarting() {
    if (!(state instanceof State.New)) {
      throw RocketMQException.of(
          Category.UNAVAILABLE,
          "admin: "
              + (state instanceof State.Closed ? "closed" : "started")
              + " before (expected: started once)");
    }
    state = new State.Starting();
  }

  /** Goes on to another state; false where it was closed meanwhile. */
  private synchronized boolean leaveStarting(State next) {
    boolean mine = state instanceof State.Starting;
    if (mine) {
      state = next;
    }
    return mine;
  }

  @Override
  public ClientOptions options() {
    return options;
  }

  @Override
  public AsyncAdmin async() {
    return active();
  }

  private ActiveAdmin active() {
    if (state instanceof State.Running running) {
      return running.active;
    }
    throw RocketMQException.of(Category.UNAVAILABLE, "the admin is not started, or closed");
  }

  private <T> T await(CompletableFuture<T> call) {
    return active().await(call);
  }

  @Override
  public void createTopic(TopicSettings topic, Where where) {
    var unused = await(active().createTopic(topic, where));
  }

  @Override
  public void deleteTopic(String topic) {
    var unused = await(active().deleteTopic(topic));
  }

  @Override
  public List<String> topics() {
    return await(active().topics());
  }

  @Override
  public TopicSettings topic(String topic) {
    return await(active().topic(topic));
  }

  @Override
  public TopicRoute route(String topic) {
    return await(active().route(topic));
  }

  @Override
  public List<QueueStatus> topicStatus(String topic) {
    return await(active().topicStatus(topic));
  }

  @Override
  public void createGroup(GroupSettings group, Where where) {
    var unused = await(active().createGroup(group, where));
  }

  @Override
  public void deleteGroup(String group, boolean withOffsets) {
    var unused = await(active().deleteGroup(group, withOffsets));
  }

  @Override
  public GroupSettings group(String group) {
    return await(active().group(group));
  }

  @Override
  public GroupMembers members(String group) {
    return await(active().members(group));
  }

  @Override
  public GroupProgress progress(String group) {
    return await(active().progress(group));
  }

  @Override
  public long minOffset(MessageQueue queue) {
    return await(active().minOffset(queue));
  }

  @Override
  public long maxOffset(MessageQueue queue) {
    return await(active().maxOffset(queue));
  }

  @Override
  public long offsetAt(MessageQueue queue, Instant time) {
    return await(active().offsetAt(queue, time));
  }

  @Override
  public OptionalLong committed(String group, MessageQueue queue) {
    return await(active().committed(group, queue));
  }

  @Override
  public void commit(String group, MessageQueue queue, long offset) {
    var unused = await(active().commit(group, queue, offset));
  }

  @Override
  public Map<MessageQueue, Long> resetOffsets(String group, String topic, Instant time) {
    return await(active().resetOffsets(group, topic, time));
  }

  @Override
  public ReceivedMessage message(String topic, String offsetMessageId) {
    return await(active().message(topic, offsetMessageId));
  }

  @Override
  public List<ReceivedMessage> messages(String topic, String key, int most) {
    return await(active().messages(topic, key, most));
  }

  @Override
  public List<BrokerNode> brokers() {
    return await(active().brokers());
  }

  @Override
  public String brokerVersion(String broker) {
    return await(active().brokerVersion(broker));
  }

  @Override
  public Map<String, String> brokerConfig(String broker) {
    return await(active().brokerConfig(broker));
  }

  /** Fails what is under way where nobody else shares it, and gives back what it shares. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    State.Running running;
    CompletableFuture<CloseReport> report = new CompletableFuture<>();
    synchronized (this) {
      if (state instanceof State.Closed closed) {
        return closed.report;
      }
      running = state instanceof State.Running open ? open : null;
      state = new State.Closed(report);
    }
    if (running == null) {
      report.complete(CloseReport.clean("admin"));
      return report;
    }
    running
        .lease
        .closeAsync(deadline)
        .whenComplete(
            (seen, failure) -> {
              running.entry.close();
              if (failure == null) {
                report.complete(seen);
              } else {
                report.completeExceptionally(failure);
              }
            });
    return report;
  }
}
