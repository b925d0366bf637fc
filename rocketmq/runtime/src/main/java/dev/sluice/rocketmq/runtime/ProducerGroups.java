package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.remoting.CheckListener;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.TransactionCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer groups that brokers are shown, each while a producer of it is open, and whom to ask
 * how a transaction ended. Safe for all threads.
 */
public final class ProducerGroups {
  private static final Logger log = LoggerFactory.getLogger(ProducerGroups.class);

  private final RemotingClient remoting;

  /** Removed with the last member of a group. */
  private final Map<String, List<Member>> groups = new HashMap<>();

  ProducerGroups(RemotingClient remoting) {
    this.remoting = remoting;
  }

  /** One producer in its group. */
  public final class Member {
    private final String group;
    private final @Nullable CheckListener checks;

    private Member(String group, @Nullable CheckListener checks) {
      this.group = group;
      this.checks = checks;
    }

    /** Leaves; completes when the brokers that can be reached know. To be called once. */
    public CompletionStage<?> leave() {
      return remove(this);
    }
  }

  /**
   * Joins a group, as brokers know it.
   *
   * @param checks asked how transactions ended, on an event loop; must not block. Null for a
   *     producer that has none
   */
  public Member join(String group, @Nullable CheckListener checks) {
    Member member = new Member(group, checks);
    synchronized (this) {
      groups.computeIfAbsent(group, name -> new ArrayList<>()).add(member);
    }
    remoting.memberships().joinProducers(group);
    return member;
  }

  private CompletionStage<?> remove(Member member) {
    if (!removedLast(member)) {
      return CompletableFuture.completedStage(null);
    }
    CompletableFuture<@Nullable Void> left = new CompletableFuture<>();
    remoting
        .memberships()
        .leave(
            member.group,
            new Reply<Done>() {
              @Override
              public void done(Done value) {
                over();
              }

              @Override
              public void failed(ClientException failure) {
                over();
              }

              private void over() {
                if (isJoined(member.group)) {
                  // Somebody joined meanwhile, of whom brokers may have forgotten again.
                  remoting.memberships().joinProducers(member.group);
                }
                left.complete(null);
              }
            });
    return left;
  }

  private synchronized boolean removedLast(Member member) {
    List<Member> members = groups.get(member.group);
    if (members == null || !members.remove(member) || !members.isEmpty()) {
      return false;
    }
    groups.remove(member.group);
    return true;
  }

  private synchronized boolean isJoined(String group) {
    return groups.containsKey(group);
  }

  /** A broker asks. Nobody's group is left unanswered: the broker asks another member, later. */
  void asked(Endpoint from, TransactionCheck check) {
    CheckListener checks = find(check.half().producerGroup());
    if (checks == null) {
      log.warn(
          "Asked for a transaction of group {}, which has no checker here",
          check.half().producerGroup());
      return;
    }
    checks.asked(from, check);
  }

  private synchronized @Nullable CheckListener find(String group) {
    for (Member member : groups.getOrDefault(group, List.of())) {
      if (member.checks != null) {
        return member.checks;
      }
    }
    return null;
  }
}
