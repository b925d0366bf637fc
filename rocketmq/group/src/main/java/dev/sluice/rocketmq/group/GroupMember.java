package dev.sluice.rocketmq.group;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.AskedMember;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of a classic consumer group, from joining to leaving. */
public final class GroupMember implements BoundedCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupMember.class);

  private final Membership parts;
  private final QueueHolder holder;
  private final Loop rebalancing;
  private final Loop upkeeping;
  private final BoundedCloseable closing;

  private GroupMember(Membership parts, QueueHolder holder, Loop.Round upkeep) {
    this.parts = parts;
    this.holder = holder;
    this.rebalancing = new Loop(new Rebalancer(parts, holder), this::failed);
    this.upkeeping = new Loop(upkeep, this::failed);
    this.closing =
        StagedClose.named("member of " + parts.group())
            .clock(parts.clock())
            .action("take no more queues", this::stopLoops)
            .stage("await handlers", 0.6, deadline -> holder.ending())
            .stage("hand queues over", 0.5, deadline -> inBackground(this::handOver))
            .stage("leave", 0.5, deadline -> leave())
            .stage("end tasks", 0.7, deadline -> parts.tasks().interrupt())
            .action("free", this::free)
            .child("client", parts.lease())
            .build();
  }

  /**
   * Joins. Does not wait for brokers. Frees everything but the lease where it fails; otherwise the
   * member's close closes the lease, too.
   *
   * @param upkeep what is to be done now and then
   * @param answers for administrators
   * @throws RocketMQException INVALID_ARGUMENT if this client has a member in the group already
   */
  public static GroupMember join(
      Membership parts, QueueHolder holder, Loop.Round upkeep, AskedMember answers) {
    GroupMember member = new GroupMember(parts, holder, upkeep);
    try {
      holder.joined(member.rebalancing::wake);
      member.begin(answers);
      return member;
    } catch (RuntimeException e) {
      member.free();
      throw e;
    }
  }

  private ClientRuntime runtime() {
    return parts.lease().runtime();
  }

  private boolean isShown() {
    return !parts.terms().topics().isEmpty();
  }

  private void begin(AskedMember answers) {
    if (isShown()) {
      runtime().changes().add(parts.group(), rebalancing::wake);
      runtime().inquiries().add(parts.group(), answers);
      try {
        parts.remoting().memberships().joinClassic(parts.terms().shown(), whenTold());
      } catch (RuntimeException e) {
        forgetListeners();
        throw e;
      }
    }
    parts.tasks().start(upkeeping);
  }

  private void forgetListeners() {
    runtime().changes().remove(parts.group());
    runtime().inquiries().remove(parts.group());
  }

  /** Until the brokers have heard of this member there is nothing to share. */
  private Reply<Done> whenTold() {
    return new Reply<>() {
      @Override
      public void done(Done told) {
        parts.tasks().start(rebalancing);
      }

      @Override
      public void failed(ClientException failure) {
        log.warn("No broker has heard of {} yet: {}", parts.group(), failure.getMessage());
        parts.tasks().start(rebalancing);
      }
    };
  }

  private void failed(RuntimeException failure) {
    log.error("The upkeep of group {} failed", parts.group(), failure);
  }

  private void stopLoops() {
    rebalancing.stop();
    upkeeping.stop();
    if (isShown()) {
      forgetListeners();
    }
  }

  private void handOver() throws InterruptedException {
    parts.offsets().persist(holder.queues());
    holder.end();
  }

  private CompletionStage<?> inBackground(Tasks.Task task) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    boolean started =
        parts
            .tasks()
            .start(
                () -> {
                  try {
                    task.run();
                  } finally {
                    done.complete(null);
                  }
                });
    if (!started) {
      done.complete(null);
    }
    return done;
  }

  private CompletionStage<?> leave() {
    CompletableFuture<@Nullable Void> left = new CompletableFuture<>();
    if (!isShown()) {
      left.complete(null);
      return left;
    }
    parts
        .remoting()
        .memberships()
        .leave(
            parts.group(),
            new Reply<>() {
              @Override
              public void done(Done told) {
                left.complete(null);
              }

              @Override
              public void failed(ClientException failure) {
                left.complete(null);
              }
            });
    return left;
  }

  private void free() {
    parts.tasks().free();
    if (parts.offsets() instanceof LocalOffsets local) {
      local.close();
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
