package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;

/** A message accepted and not answered yet; counted by its loop until it is. */
final class PendingSend {

  /** About what a message takes besides its body. */
  private static final int OVERHEAD = 512;

  final SendLoop loop;
  final OutboundMessage message;
  private final Completion<SendReceipt> completion;
  private final long since;
  private final int weight;

  /** Its bytes in a batch; known once its upstream is. */
  int encodedSize;

  PendingSend(
      SendLoop loop, OutboundMessage message, Completion<SendReceipt> completion, long since) {
    this.loop = loop;
    this.message = message;
    this.completion = completion;
    this.since = since;
    this.weight = message.body().remaining() + OVERHEAD;
  }

  /** What it takes of the bound on bytes. */
  int weight() {
    return weight;
  }

  void done(SendReceipt receipt) {
    loop.released(this, since, true);
    try {
      completion.done(receipt);
    } catch (RuntimeException e) {
      loop.threw(e);
    }
  }

  void failed(GatewayException failure) {
    loop.released(this, since, false);
    try {
      completion.failed(failure);
    } catch (RuntimeException e) {
      loop.threw(e);
    }
  }
}
