package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.GatewaySettings.SendSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;

/**
 * Messages that may share batches, in order: a topic's without sharding keys, or one queue's with.
 * A batch departs at once while none is under way; else when it is full, or has waited for the
 * flush interval, as long as there are flights left; at the latest when one ahead returns. Exists
 * while it has messages.
 */
final class SendLane {

  private final SendStation station;
  private final SendSettings settings;
  private final int maxFlights;
  private final Runnable empty;
  private final Deque<PendingSend> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private int flights;
  private boolean pumping;
  private boolean starting;
  private boolean timed;
  private boolean due;
  private boolean over;

  SendLane(SendStation station, int maxFlights, Runnable empty) {
    this.station = station;
    this.settings = station.loop().settings();
    this.maxFlights = maxFlights;
    this.empty = empty;
  }

  void add(PendingSend send) {
    waiting.add(send);
    waitingBytes += send.encodedSize;
    pump();
  }

  private void pump() {
    if (pumping || starting) {
      return;
    }
    pumping = true;
    while (mayDepart()) {
      ActiveUpstream active = station.shared().current();
      if (active == null) {
        restart();
        break;
      }
      if (flights > 0 && !due && !full(active)) {
        break;
      }
      depart(active);
    }
    pumping = false;
    if (waiting.isEmpty()) {
      if (flights == 0 && !over) {
        over = true;
        empty.run();
        station.forgetIfIdle();
      }
    } else if (!timed && !starting && flights < maxFlights) {
      timed = true;
      var _ = station.loop().loop().schedule(this::flush, settings.flushInterval());
    }
  }

  private boolean mayDepart() {
    return !waiting.isEmpty() && flights < maxFlights;
  }

  private boolean full(ActiveUpstream active) {
    return waiting.size() >= settings.batchSize()
        || waitingBytes >= active.capabilities().maxBatchBytes();
  }

  private void flush() {
    timed = false;
    if (!waiting.isEmpty()) {
      due = true;
      pump();
    }
  }

  private void depart(ActiveUpstream active) {
    due = false;
    flights++;
    int maxBytes = active.capabilities().maxBatchBytes();
    var batch = new ArrayList<PendingSend>(Math.min(waiting.size(), settings.batchSize()));
    PendingSend first = waiting.remove();
    BodyEncoding encoding = first.message.encoding();
    long bytes = first.encodedSize;
    batch.add(first);
    for (PendingSend next = waiting.peek();
        next != null
            && batch.size() < settings.batchSize()
            && next.message.encoding() == encoding
            && bytes + next.encodedSize <= maxBytes;
        next = waiting.peek()) {
      waiting.remove();
      bytes += next.encodedSize;
      batch.add(next);
    }
    waitingBytes -= bytes;
    new SendFlight(station.loop(), active.upstream(), batch, this::landed).depart();
  }

  private void landed() {
    flights--;
    pump();
  }

  /** The upstream was closed while messages waited, which its pin should prevent. */
  private void restart() {
    starting = true;
    station
        .shared()
        .use(
            new Completion<>() {
              @Override
              public void done(ActiveUpstream active) {
                starting = false;
                pump();
              }

              @Override
              public void failed(GatewayException failure) {
                for (int left = waiting.size(); left > 0; left--) {
                  PendingSend next = waiting.remove();
                  waitingBytes -= next.encodedSize;
                  next.failed(failure);
                }
                starting = false;
                pump();
              }
            });
  }
}
