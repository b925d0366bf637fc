package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The brokers of 5.x hand out: by pop, and without asking who the members are. */
record PopHandout(
    Topics topics,
    GroupStarts starts,
    Receiver receiver,
    Acknowledger acknowledger,
    DeadLetters deadLetters,
    ShownGroups groups)
    implements Handout {

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    SubscribedTopic.prepare(topics, starts, subscription, completion);
  }

  @Override
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    starts.forget(topic, group);
    Completion.succeed(completion);
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
    groups.members(topic, group, completion);
  }

  @Override
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    return receiver.receive(request, completion);
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    acknowledger.ack(topic, group, handles, completion);
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    acknowledger.changeInvisible(topic, group, handle, invisible, completion);
  }

  @Override
  public void begin() {
    groups.listen();
  }

  @Override
  public CompletionStage<?> drain() {
    return receiver.drain();
  }

  @Override
  public void end() {
    groups.end();
  }
}
