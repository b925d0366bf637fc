package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.MembersListener;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups that this upstream shows to the brokers, each as one member. All of it is done on the
 * first loop, whose connections are the members; called on loops, answers on the calling one.
 */
final class ShownGroups {
  private final RemotingClient client;
  private final EventLoops loops;
  // Of the first loop. A group removes itself when its last topic is left.
  private final Map<String, ShownGroup> groups = new HashMap<>();
  private volatile @Nullable MembersListener listener;
  private boolean ended;

  ShownGroups(RemotingClient client, EventLoops loops) {
    this.client = client;
    this.loops = loops;
  }

  void onMembers(MembersListener listener) {
    this.listener = listener;
  }

  /** Hears of changes from now on; the client has started. */
  void listen() {
    client.memberships().onChange(group -> atHome(() -> mayHaveChanged(group)));
  }

  void join(Membership membership, Completion<Void> completion) {
    Reply<Done> reply = here(completion, membership.topic(), membership.group());
    atHome(() -> group(membership.group()).join(membership, reply));
  }

  void leave(String topic, String group, Completion<Void> completion) {
    Reply<Done> reply = here(completion, topic, group);
    atHome(
        () -> {
          ShownGroup shown = groups.get(group);
          if (shown == null) {
            reply.done(Done.DONE);
          } else {
            shown.leave(topic, reply);
          }
        });
  }

  void members(String topic, String group, Completion<GroupMembers> completion) {
    EventLoop caller = loops.current();
    Reply<GroupLook> reply =
        on(
            caller,
            Then.of(
                look -> completion.done(look.of(topic)),
                failure -> completion.failed(Failures.of(failure, topic, group))));
    atHome(
        () ->
            GroupLook.at(
                client,
                group,
                Then.of(
                    look -> {
                      ShownGroup shown = groups.get(group);
                      if (shown != null) {
                        shown.looked(look);
                      }
                      reply.done(look);
                    },
                    reply::failed)));
  }

  /** What is shown of a group under this name, or null; on the first loop. */
  ShownGroup.@Nullable View view(String group, String clientId) {
    ShownGroup known = groups.get(group);
    return known == null ? null : known.view(clientId);
  }

  /** Does nothing from now on; the members end with the client's connections. */
  void end() {
    atHome(
        () -> {
          ended = true;
          List.copyOf(groups.values()).forEach(ShownGroup::end);
          groups.clear();
        });
  }

  private ShownGroup group(String name) {
    ShownGroup known = groups.get(name);
    if (known != null) {
      return known;
    }
    ShownGroup made = new ShownGroup(client, home(), name, () -> changed(name), () -> forget(name));
    if (ended) {
      made.end();
    } else {
      groups.put(name, made);
    }
    return made;
  }

  private void forget(String name) {
    ShownGroup known = groups.get(name);
    if (known != null && known.isEmpty()) {
      groups.remove(name);
    }
  }

  private void mayHaveChanged(String name) {
    ShownGroup known = groups.get(name);
    if (known != null) {
      known.mayHaveChanged();
    }
  }

  /** Members of a group that is joined here have come or gone. */
  void changed(String name) {
    MembersListener told = listener;
    if (told != null) {
      told.changed(name);
    }
  }

  private EventLoop home() {
    return loops.all().getFirst();
  }

  private void atHome(Runnable task) {
    run(home(), task);
  }

  private Reply<Done> here(Completion<Void> completion, String topic, String group) {
    return on(
        loops.current(),
        Then.of(
            done -> Completion.succeed(completion),
            failure -> completion.failed(Failures.of(failure, topic, group))));
  }

  private static <T> Reply<T> on(EventLoop loop, Reply<T> reply) {
    return Then.of(
        value -> run(loop, () -> reply.done(value)),
        failure -> run(loop, () -> reply.failed(failure)));
  }

  private static void run(EventLoop loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
