package dev.sluice.eventbus.outbox;

import dev.sluice.lifecycle.Ledger;
import java.util.concurrent.CompletableFuture;

/**
 * A process with a relay, which says what it publishes. Events whose type is what it is told never
 * end, so that it cannot delete what it published before.
 */
final class KilledRelay {
  private KilledRelay() {}

  /** Arguments: the database, its address, the type that hangs. */
  public static void main(String[] arguments) throws Exception {
    TestDatabase database = new TestDatabase(OutboxDatabase.valueOf(arguments[0]), arguments[1]);
    OutboxRelay relay =
        OutboxRelay.create(
            Outbox.in(database.kind()),
            database.connections(),
            (topic, event) -> {
              boolean hangs = event.payload().length == Integer.parseInt(arguments[2]);
              System.out.println(
                  (hangs ? "hangs " : "published ")
                      + event.aggregateId()
                      + ' '
                      + event.eventVersion());
              return hangs ? new CompletableFuture<>() : CompletableFuture.completedFuture(topic);
            },
            RelayOptions.standard(),
            Ledger.create());
    relay.start();
    // Until this process is killed, or the one that began it dies.
    byte[] unused = System.in.readAllBytes();
  }
}
