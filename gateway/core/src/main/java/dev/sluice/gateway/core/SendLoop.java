package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewayMetrics.Operation;
import dev.sluice.gateway.upstreams.GatewaySettings.SendSettings;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import dev.sluice.lifecycle.Tally;
import java.util.IdentityHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One loop's sends, and its share of what may be under way in the whole gateway. */
final class SendLoop {

  private static final Logger LOG = LoggerFactory.getLogger(SendLoop.class);

  private final Instance instance;
  private final Loop loop;
  private final Tally pending;
  private final SendSettings settings;
  private final int maxMessages;
  private final long maxBytes;
  // A station is removed when its last message is answered, so the bound on messages bounds them.
  private final IdentityHashMap<SharedUpstream, SendStation> stations = new IdentityHashMap<>();
  private int messages;
  private long bytes;

  SendLoop(Instance instance, Loop loop, Tally pending) {
    this.instance = instance;
    this.loop = loop;
    this.pending = pending;
    this.settings = instance.settings().send();
    int loops = instance.loops().all().size();
    this.maxMessages = Math.max(1, settings.inFlightMessages() / loops);
    this.maxBytes = Math.max(1, settings.inFlightBytes() / loops);
  }

  void send(SharedUpstream shared, OutboundMessage message, Completion<SendReceipt> completion) {
    if (!instance.accepting().get()) {
      refuse(message, completion, Instance.closing());
      return;
    }
    var send = new PendingSend(this, message, completion, instance.clock().nanoTime());
    int weight = send.weight();
    // One message passes whatever its size; its upstream judges that.
    if (messages >= maxMessages || (messages > 0 && bytes + weight > maxBytes)) {
      instance.metrics().increment(Counter.OVERLOADS);
      refuse(message, completion, overloaded());
      return;
    }
    messages++;
    bytes += weight;
    pending.add(1);
    SendStation station = stations.get(shared);
    if (station == null) {
      station = new SendStation(this, shared);
      stations.put(shared, station);
    }
    station.add(send);
  }

  private void refuse(
      OutboundMessage message, Completion<SendReceipt> completion, GatewayException failure) {
    countFailure(message);
    completion.failed(failure);
  }

  private void countFailure(OutboundMessage message) {
    instance.metrics().increment(Counter.SEND_FAILURES);
    instance.metrics().topics().failed(message.topic(), Count.SEND_FAILURES);
  }

  private GatewayException overloaded() {
    return GatewayException.overloaded(
        "send: "
            + messages
            + " messages and "
            + bytes
            + " bytes under way on this loop (expected: at most "
            + maxMessages
            + " and "
            + maxBytes
            + "); try again in a moment");
  }

  /** A message is answered. */
  void released(PendingSend send, long since, boolean success) {
    messages--;
    bytes -= send.weight();
    pending.remove(1);
    if (!success) {
      countFailure(send.message);
    }
    instance
        .metrics()
        .latencies()
        .record(Operation.SEND, instance.clock().nanoTime() - since, success);
  }

  /** Removes a station that has no messages; false where it was removed before. */
  boolean forget(SharedUpstream shared, SendStation station) {
    return stations.remove(shared, station);
  }

  void threw(RuntimeException e) {
    LOG.error("A sender's completion threw, which it must not", e);
  }

  Instance instance() {
    return instance;
  }

  Loop loop() {
    return loop;
  }

  SendSettings settings() {
    return settings;
  }
}
