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

/**
 * How a cluster's messages get to consumers, which depends on its brokers' {@link BrokerRelease}.
 * Each call is what the {@code Upstream}'s call of its name is. Called on loops only.
 */
interface Handout {

  void subscribe(Subscription subscription, Completion<Void> completion);

  void unsubscribe(String topic, String group, Completion<Void> completion);

  void join(Membership membership, Completion<Void> completion);

  void leave(String topic, String group, Completion<Void> completion);

  void members(String topic, String group, Completion<GroupMembers> completion);

  Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion);

  void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion);

  void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion);

  /** Where what it has handed out goes that is not to come again. */
  DeadLetters deadLetters();

  /** The release is known, and is one that this is for: calls follow. */
  void begin();

  /** Ends all receives as UNAVAILABLE; complete when nothing more is about to be handed out. */
  CompletionStage<?> drain();

  /** After the drain, from any thread: shows the groups' members no more. */
  void end();
}
