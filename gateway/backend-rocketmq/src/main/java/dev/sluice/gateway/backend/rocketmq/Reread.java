package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.PullMessage;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * Reads the message of a delivery once more, from the place in a queue that its handle names and
 * that stays the same however often the delivery is renewed. On loops.
 *
 * @param topic the delivery's topic; a message that came again lies in a retry topic
 */
record Reread(RemotingClient client, String topic, String group, MessagePlace place) {

  void begin(Completion<Delivery> completion) {
    Endpoint known = masterIn(client.routes().cached(topic), place.broker());
    if (known != null) {
      read(known, completion);
      return;
    }
    client
        .routes()
        .refresh(
            topic,
            Then.of(
                route -> {
                  Endpoint found = masterIn(route, place.broker());
                  if (found != null) {
                    read(found, completion);
                  } else {
                    completion.failed(noMaster(place.broker()));
                  }
                },
                failure -> completion.failed(Failures.of(failure, topic, group))));
  }

  /** A message of a lite topic says where it is in one of the topic's queues, and apart from it. */
  private boolean isIt(StoredMessage message) {
    return place.liteTopic() == null
        ? message.queueOffset() == place.offset()
        : Long.toString(place.offset()).equals(message.property(PropertyNames.LITE_OFFSET));
  }

  static @Nullable Endpoint masterIn(@Nullable Route route, String name) {
    Broker broker = route == null ? null : route.broker(name);
    return broker == null ? null : broker.master();
  }

  static GatewayException noMaster(String broker) {
    return GatewayException.unavailable("broker: '" + broker + "' has no master now", null);
  }

  private void read(Endpoint master, Completion<Delivery> completion) {
    client
        .commands()
        .call(
            master,
            PullMessage.of(group, place.stored(), place.queueId(), place.offset(), 1),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                reply -> found(reply, completion),
                failure -> completion.failed(Failures.of(failure, topic, group))));
  }

  private void found(PullReply reply, Completion<Delivery> completion) {
    StoredMessage message = reply.messages().isEmpty() ? null : reply.messages().getFirst();
    if (message == null || !isIt(message)) {
      completion.failed(
          GatewayException.notFound(
              Subject.MESSAGE,
              "message: at "
                  + place.offset()
                  + " of "
                  + topic
                  + " is not stored any more (expected: one that is)"));
      return;
    }
    Delivery delivery = new Deliveries(0).of(message, topic, place.broker(), 1, "");
    if (delivery == null) {
      completion.failed(
          GatewayException.internal(
              "message: "
                  + message.messageId()
                  + " of "
                  + topic
                  + " has a body that cannot be read",
              null));
    } else {
      completion.done(delivery);
    }
  }
}
