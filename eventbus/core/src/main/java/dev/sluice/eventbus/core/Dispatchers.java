package dev.sluice.eventbus.core;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.MessageHandler;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.dispatch.DispatchOptions;
import dev.sluice.eventbus.dispatch.DispatchRuntime;
import dev.sluice.eventbus.dispatch.KeyedDispatcher;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.time.Instant;

/** Makes a dispatcher for each subscription, whose dead letters are published. */
final class Dispatchers {

  private final BusOptions options;
  private final Publishing publishing;
  private final Ledger ledger;
  private final Clock clock;

  Dispatchers(BusOptions options, Publishing publishing, Ledger ledger, Clock clock) {
    this.options = options;
    this.publishing = publishing;
    this.ledger = ledger;
    this.clock = clock;
  }

  KeyedDispatcher<InboundMessage> create(
      String topic, SubscribeOptions how, MessageHandler handler) {
    String deadLetterTopic = options.deadLetterTopic(topic);
    return KeyedDispatcher.create(
        new DispatchOptions(
            topic,
            how.concurrency(),
            how.maxMessages(),
            how.maxBytes(),
            how.handlerTimeout(),
            how.policy()),
        (item, attempt) -> handler.handle(item.message().withAttempt(attempt)),
        (item, attempts, failure) ->
            publishing.publishOwn(
                deadLetterTopic,
                DeadLetterHeaders.write(
                    item.message(),
                    options.group(),
                    attempts,
                    failure,
                    Instant.ofEpochMilli(clock.currentTimeMillis()))),
        DispatchRuntime.system(topic, ledger));
  }
}
