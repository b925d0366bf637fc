package dev.sluice.eventbus.core;

import dev.sluice.eventbus.dispatch.DispatchSnapshot.FlowSnapshot;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The order in which a bus ends: nothing more is fetched, handlers end or are interrupted, what is
 * being published ends, how far all is resolved is committed and the group left. Of the standard 30
 * s handlers have 5 s, publications 5 s, and the group 10 s; what one does not need is the next
 * one's.
 */
final class BusClose {

  private static final double HANDLERS = 5.0 / 30;
  private static final double PUBLICATIONS = 5.0 / 25;
  private static final double GROUP = 10.0 / 20;

  private final Collection<TopicSubscription> subscriptions;
  private final Publishing publishing;
  private final DeskThreads deskThreads;
  private final Transport transport;
  private final CompletionStage<Boolean> started;

  BusClose(
      Collection<TopicSubscription> subscriptions,
      Publishing publishing,
      DeskThreads deskThreads,
      Transport transport,
      CompletionStage<Boolean> started) {
    this.subscriptions = subscriptions;
    this.publishing = publishing;
    this.deskThreads = deskThreads;
    this.transport = transport;
    this.started = started;
  }

  BoundedCloseable staged(
      StagedClose.Action afterHandlers, StagedClose.Action release, TimeoutScheduler timers) {
    return StagedClose.named("event bus")
        .scheduler(timers)
        .action("stop fetching and publishing", this::stop)
        .stage("handlers", HANDLERS, this::drain)
        .stage("unresolved", deadline -> CompletableFuture.completedStage(unresolved()))
        .action("last look", afterHandlers)
        .stage("publications", PUBLICATIONS, deadline -> publishing.drained())
        .stage("group", GROUP, this::leave)
        .action("abandon publications", publishing::abandon)
        .action("release", release)
        .build();
  }

  private void stop() {
    publishing.refuse();
    deskThreads.stop();
    subscriptions.forEach(TopicSubscription::quiesce);
  }

  private CompletionStage<List<CloseReport>> drain(Deadline deadline) {
    List<CompletableFuture<CloseReport>> draining = new ArrayList<>();
    subscriptions.forEach(
        subscription -> draining.add(subscription.drain(deadline).toCompletableFuture()));
    return CompletableFuture.allOf(draining.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> draining.stream().map(CompletableFuture::join).toList());
  }

  /**
   * A line for each partition of which something was fetched and not resolved, which comes again.
   * That is no fault of the close.
   */
  private List<CloseReport> unresolved() {
    List<CloseReport> lines = new ArrayList<>();
    for (TopicSubscription subscription : subscriptions) {
      for (FlowSnapshot flow : subscription.inspectDispatcher().flows()) {
        if (flow.unresolved() > 0) {
          lines.add(
              CloseReport.clean(
                  subscription.topic()
                      + '/'
                      + flow.name()
                      + ": "
                      + flow.unresolved()
                      + " unresolved, from offset "
                      + flow.frontier()
                      + " on"));
        }
      }
    }
    return lines;
  }

  private CompletionStage<?> leave(Deadline deadline) {
    return started.thenCompose(
        yes ->
            yes
                ? transport.closeAsync(deadline)
                : CompletableFuture.completedStage(CloseReport.clean(transport.name())));
  }
}
