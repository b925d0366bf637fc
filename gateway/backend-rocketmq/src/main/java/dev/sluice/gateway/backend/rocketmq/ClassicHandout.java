package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The brokers of 4.x hand out to members of groups only, none of which this is: all is refused. */
record ClassicHandout(BrokerRelease release) implements Handout {

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    completion.failed(refused());
  }

  @Override
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    Completion.succeed(completion);
  }

  @Override
  public void join(Membership membership, Completion<Void> completion) {
    completion.failed(refused());
  }

  @Override
  public void leave(String topic, String group, Completion<Void> completion) {
    Completion.succeed(completion);
  }

  @Override
  public void members(String topic, String group, Completion<GroupMembers> completion) {
    completion.failed(refused());
  }

  @Override
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    completion.failed(refused());
    return Receiving.NONE;
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    completion.failed(refused());
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    completion.failed(refused());
  }

  @Override
  public void deadLetter(String group, Delivery delivery, Completion<Void> completion) {
    completion.failed(refused());
  }

  @Override
  public void storeDeadLetter(
      String topic, String group, String handle, Completion<Void> completion) {
    completion.failed(refused());
  }

  @Override
  public void begin() {}

  @Override
  public CompletionStage<?> drain() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void end() {}

  private GatewayException refused() {
    return release.cannot(
        Subject.ENDPOINT,
        "consume",
        "RocketMQ 5.0.0 or later, whose brokers hand out messages by pop");
  }
}
