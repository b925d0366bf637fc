package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.classic.ClassicGroups;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.rocketmq.remoting.ClientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The brokers of 4.x hand out to members of groups, one of which this upstream is. */
record ClassicHandout(
    BrokerRelease release,
    Topics topics,
    GroupStarts starts,
    CheckedFilters filters,
    ClassicGroups groups,
    DeadLetters deadLetters,
    ShownGroups others)
    implements Handout {

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    filters.check(
        subscription.topic(),
        subscription.group(),
        subscription.filter(),
        () -> SubscribedTopic.prepare(topics, starts, subscription, completion),
        failure ->
            completion.failed(Failures.of(failure, subscription.topic(), subscription.group())));
  }

  @Override
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    starts.forget(topic, group);
    groups.unsubscribe(topic, group, completion);
  }

  @Override
  public void join(Membership membership, Completion<Void> completion) {
    groups.join(membership, completion);
  }

  @Override
  public void leave(String topic, String group, Completion<Void> completion) {
    groups.leave(topic, group, completion);
  }

  @Override
  public void members(String topic, String group, Completion<GroupMembers> completion) {
    others.members(topic, group, completion);
  }

  @Override
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    if (request.lite() != null) {
      completion.failed(
          release.cannot(
              Subject.LITE_TOPIC, "lite topics", "RocketMQ 5.5.0 or later, which has lite topics"));
      return Receiving.NONE;
    }
    String topic = request.topic();
    String group = request.group();
    if (filters.isFine(request.filter()) && starts.isSound(topic, group)) {
      return groups.receive(request, completion);
    }
    CompletableFuture<Receiving> call = new CompletableFuture<>();
    Consumer<ClientException> refused =
        failure -> {
          call.complete(Receiving.NONE);
          completion.failed(Failures.of(failure, topic, group));
        };
    Runnable receive = () -> call.complete(groups.receive(request, completion));
    filters.check(
        topic,
        group,
        request.filter(),
        () -> starts.restore(topic, group, Then.of(done -> receive.run(), refused)),
        refused);
    return new ReceivingSoon(call);
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    groups.ack(topic, group, handles, completion);
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    groups.changeInvisible(topic, group, handle, invisible, completion);
  }

  @Override
  public void begin() {
    groups.start(others::changed);
  }

  @Override
  public CompletionStage<?> drain() {
    return groups.close();
  }

  @Override
  public void end() {}
}
