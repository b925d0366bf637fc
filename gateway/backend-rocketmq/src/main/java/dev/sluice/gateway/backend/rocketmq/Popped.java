package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sorts what a receive's pops bring: a broker compares hashes of tags, and reads no bodies. */
final class Popped {
  private static final Logger log = LoggerFactory.getLogger(Popped.class);

  private final Receiver receiver;
  private final ReceiveRequest request;
  private final TagExpression tags;

  Popped(Receiver receiver, ReceiveRequest request) {
    this.receiver = receiver;
    this.request = request;
    this.tags = TagExpression.of(request.filter());
  }

  /** What was asked for; the rest is acknowledged, or left where it is. */
  List<Delivery> sort(List<PoppedMessage> popped) {
    Deliveries deliveries =
        new Deliveries(receiver.clock.currentTimeMillis() + request.invisible().toMillis());
    List<Delivery> wanted = new ArrayList<>(popped.size());
    List<PopHandle> unwanted = List.of();
    for (PoppedMessage each : popped) {
      Delivery delivery = deliveries.of(each);
      if (delivery == null) {
        skip(each);
      } else if (tags.matches(delivery.tag())) {
        wanted.add(delivery);
      } else {
        unwanted = unwanted.isEmpty() ? new ArrayList<>() : unwanted;
        unwanted.add(each.handle());
      }
    }
    if (!unwanted.isEmpty()) {
      receiver.leftovers.acknowledge(request, unwanted);
    }
    return wanted;
  }

  /** It stays unacknowledged, so that nothing is lost: it comes again, maybe to another reader. */
  private void skip(PoppedMessage popped) {
    StoredMessage message = popped.message();
    log.warn(
        "message {} of {} for {} is left where it is, as its body cannot be read: {}",
        message.messageId(),
        request.topic(),
        request.group(),
        message.body());
  }
}
