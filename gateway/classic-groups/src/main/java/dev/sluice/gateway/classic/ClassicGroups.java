package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups that one upstream of RocketMQ 4.x is a member of: one membership for each, whoever
 * many callers receive by it.
 *
 * <p>A group is joined when it is first received from, or shown, and left when its last topic is.
 * What a caller holds and does not resolve within its time comes again by its broker, which counts
 * the attempt; where it was received in order, it is shown again here, in its place. What is not
 * resolved when a group is left comes again soon, here or to another member.
 *
 * <p>Calls are made on event loops and completed on the caller's; a group's state belongs to one
 * loop, and nothing blocks. At most {@link #MOST_GROUPS} groups.
 */
public final class ClassicGroups {
  /** The most groups that one upstream is a member of; beyond it receives are refused. */
  public static final int MOST_GROUPS = 10_000;

  /** How gateways name themselves to brokers: {@code sluice/<member>/<upstream>}. */
  private static final String PREFIX = "sluice/";

  private final RemotingClient client;
  private final EventLoops loops;
  private final Clock clock;
  private final Ledger ledger;
  private final MessageView view;
  private final String endpoint;
  private final String token = token();
  // Each leaves when it is over.
  private final Map<String, ClassicGroup> groups = new ConcurrentHashMap<>();
  private @Nullable Tally held;
  private volatile String member = token;
  private volatile Consumer<String> listener = group -> {};
  private boolean closed;

  /**
   * No groups yet.
   *
   * @param client whose memberships, and whose listener of changes, are these
   * @param endpoint what deliveries that are held are counted under
   */
  public ClassicGroups(
      RemotingClient client,
      EventLoops loops,
      Clock clock,
      Ledger ledger,
      MessageView view,
      String endpoint) {
    this.client = client;
    this.loops = loops;
    this.clock = clock;
    this.ledger = ledger;
    this.view = view;
    this.endpoint = endpoint;
  }

  private static String token() {
    return Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
  }

  /**
   * Opens what is needed; the client has started.
   *
   * @param changed told on a loop of groups joined here whose members have come or gone
   */
  public void start(Consumer<String> changed) {
    listener = changed;
    synchronized (this) {
      held = ledger.tally("held delivery", endpoint);
    }
    client.memberships().onChange(this::membersChanged);
  }

  private void membersChanged(String name) {
    ClassicGroup group = groups.get(name);
    if (group != null) {
      group.run(
          () -> {
            group.membersChanged();
            listener.accept(name);
          });
    }
  }

  /** See {@code Upstream.receive}. */
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    WaitingReceive receive = new WaitingReceive(request, loops.current(), completion);
    in(request.group(), group -> group.receive(receive), receive::refuse);
    return receive;
  }

  /** See {@code Upstream.ack}. */
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    EventLoop caller = loops.current();
    ClassicGroup known = groups.get(group);
    if (known == null) {
      completion.done(
          new ArrayList<>(
              Collections.nCopies(handles.size(), new AckOutcome.Failed(HandOut.gone()))));
      return;
    }
    known.run(
        () -> {
          List<AckOutcome> outcomes = known.ack(topic, handles);
          on(caller, () -> completion.done(outcomes));
        });
  }

  /** See {@code Upstream.changeInvisible}. */
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    EventLoop caller = loops.current();
    ClassicGroup known = groups.get(group);
    if (known == null) {
      completion.failed(HandOut.gone());
      return;
    }
    known.run(
        () -> {
          try {
            NewHandle changed = known.change(topic, handle, invisible);
            on(caller, () -> completion.done(changed));
          } catch (GatewayException e) {
            on(caller, () -> completion.failed(e));
          }
        });
  }

  /** See {@code Upstream.join}: the member shown is the one that consumes. */
  public void join(Membership membership, Completion<Void> completion) {
    EventLoop caller = loops.current();
    member = membership.member();
    in(
        membership.group(),
        group ->
            group.join(
                membership,
                failure ->
                    on(
                        caller,
                        () -> {
                          if (failure == null) {
                            Completion.succeed(completion);
                          } else {
                            completion.failed(failure);
                          }
                        })),
        failure -> on(caller, () -> completion.failed(failure)));
  }

  /** See {@code Upstream.leave}. */
  public void leave(String topic, String group, Completion<Void> completion) {
    left(topic, group, true, completion);
  }

  /** See {@code Upstream.unsubscribe}. */
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    left(topic, group, false, completion);
  }

  private void left(String topic, String name, boolean shown, Completion<Void> completion) {
    EventLoop caller = loops.current();
    ClassicGroup group = groups.get(name);
    if (group == null) {
      Completion.succeed(completion);
      return;
    }
    group.run(
        () -> group.leave(topic, shown, () -> on(caller, () -> Completion.succeed(completion))));
  }

  /**
   * Ends all receives as UNAVAILABLE and leaves all groups. Complete when everything is given back
   * that can be, within a few seconds.
   */
  public CompletionStage<?> close() {
    Tally counted;
    synchronized (this) {
      closed = true;
      counted = held;
      held = null;
    }
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (ClassicGroup group : groups.values()) {
      CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
      all.add(over);
      group.run(
          () -> {
            if (group.isOver()) {
              over.complete(null);
            } else {
              group.close(() -> over.complete(null));
            }
          });
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenRun(
            () -> {
              if (counted != null) {
                var _ = counted.close();
              }
            });
  }

  /** Runs the task on the loop of the group, which comes into being where it is not there. */
  private void in(String name, Consumer<ClassicGroup> task, Consumer<GatewayException> refused) {
    ClassicGroup group;
    try {
      group = group(name);
    } catch (GatewayException e) {
      refused.accept(e);
      return;
    }
    group.run(
        () -> {
          if (group.isOver()) {
            in(name, task, refused);
          } else {
            task.accept(group);
          }
        });
  }

  private ClassicGroup group(String name) {
    ClassicGroup known = groups.get(name);
    return known != null ? known : make(name);
  }

  private synchronized ClassicGroup make(String name) {
    Tally counted = held;
    if (closed || counted == null) {
      throw GatewayException.unavailable("upstream: closed", null);
    }
    ClassicGroup known = groups.get(name);
    if (known != null) {
      return known;
    }
    if (groups.size() >= MOST_GROUPS) {
      throw GatewayException.overloaded(
          "groups: " + MOST_GROUPS + " are consumed through this upstream (expected: no more)");
    }
    EventLoop loop = loops.current();
    Open open = new Open();
    ClassicGroup group =
        new ClassicGroup(
            new GroupParts(
                client, loop, clock, view, name, token(), new Alarms(loop, clock), counted),
            () -> PREFIX + member + '/' + token,
            over -> {
              groups.remove(name, over);
              open.close();
            });
    open.tracked = ledger.track("group membership", endpoint, group);
    groups.put(name, group);
    return group;
  }

  /** The ledger's entry of a group. */
  private static final class Open {
    private @Nullable Tracked tracked;

    void close() {
      Tracked entry = tracked;
      if (entry != null) {
        entry.close();
      }
    }
  }

  private static void on(EventLoop loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
