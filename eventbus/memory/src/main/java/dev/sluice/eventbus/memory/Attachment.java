package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.transport.Intake;
import java.util.concurrent.CompletableFuture;

/** A topic that is handed out, until it is held again. */
final class Attachment {

  private final Intake intake;
  private final CompletableFuture<Void> detached = new CompletableFuture<>();
  private volatile boolean quiesced;
  private volatile boolean ending;

  Attachment(Intake intake) {
    this.intake = intake;
  }

  Intake intake() {
    return intake;
  }

  void quiesce() {
    quiesced = true;
  }

  boolean isQuiesced() {
    return quiesced;
  }

  void end() {
    quiesced = true;
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }

  /** Completes when all is committed and the topic held. */
  CompletableFuture<Void> detached() {
    return detached;
  }
}
