package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.requests.PropertyNames;
import java.time.Duration;

/**
 * What makes a message a half message.
 *
 * @param producerGroup whose members are asked how its transaction ended
 * @param note kept with it for whoever is asked
 * @param checkAfter how long to wait before asking; zero for as long as the broker waits by itself
 * @param beginsAt now, milliseconds since the epoch: brokers count from the born time of the
 *     request, which is not always when the message was made
 */
record HalfTerms(String producerGroup, String note, Duration checkAfter, long beginsAt)
    implements OutboundEncoding.Extra {
  /** The property that holds the note. */
  static final String NOTE = "SLUICE_TRANSACTION";

  @Override
  public void addTo(PropertyText properties) {
    properties.add(PropertyNames.TRANSACTION_PREPARED, "true");
    properties.add(PropertyNames.PRODUCER_GROUP, producerGroup);
    if (!note.isEmpty()) {
      properties.add(NOTE, note);
    }
    if (checkAfter.isPositive()) {
      properties.add(
          PropertyNames.CHECK_IMMUNITY_SECONDS, Math.ceilDiv(checkAfter.toMillis(), 1000L));
    }
  }
}
