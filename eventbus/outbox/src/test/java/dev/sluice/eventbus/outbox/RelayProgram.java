package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;

/** A relay over NATS in a process of its own, to be killed. It says what could not be published. */
final class RelayProgram {
  private RelayProgram() {}

  /** Arguments: the database, its address, the broker's. */
  public static void main(String[] arguments) throws Exception {
    TestDatabase database = new TestDatabase(OutboxDatabase.valueOf(arguments[0]), arguments[1]);
    EventBus bus = bus(arguments[2], Ledger.create(), "relay");
    EnvelopePublisher telling =
        (topic, event) ->
            bus.publishEnvelope(topic, event)
                .whenComplete(
                    (published, failure) -> {
                      if (failure != null) {
                        System.out.println("failed");
                      }
                    });
    OutboxRelay relay = relay(Outbox.in(database.kind()), database, telling, Ledger.create());
    bus.start();
    relay.start();
    // Until this process is killed, or the one that began it dies.
    byte[] unused = System.in.readAllBytes();
  }

  static Process start(TestDatabase database, String broker) throws Exception {
    return new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RelayProgram.class.getName(),
                database.kind().name(),
                database.url(),
                broker))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** A bus that waits for its broker for less time than a test has, not started. */
  static EventBus bus(String broker, Ledger ledger, String group, String... topics) {
    BusOptions options = BusOptions.of(group, topics).publishTimeout(Duration.ofSeconds(1));
    return EventBus.create(NatsOptions.of(options, broker), ledger);
  }

  /** Small batches, so that there is much to be in the middle of. Not started. */
  static OutboxRelay relay(
      Outbox outbox, TestDatabase database, EnvelopePublisher publisher, Ledger ledger) {
    RelayOptions options =
        RelayOptions.standard()
            .interval(Duration.ofMillis(20))
            .batches(4, 10, 1 << 20)
            .backoff(new Backoff(Duration.ofMillis(5), 2, Duration.ofMillis(100)));
    return OutboxRelay.create(outbox, database.connections(), publisher, options, ledger);
  }
}
