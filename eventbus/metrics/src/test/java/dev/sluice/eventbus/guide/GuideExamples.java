package dev.sluice.eventbus.guide;

// @start region="imports"
import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.BusSnapshot;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters.Replayed;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.ParkedMessage;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import dev.sluice.eventbus.metrics.EventBusMetrics;
import dev.sluice.lifecycle.CloseReport;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;

// @end

/** What docs/event-bus.md shows. */
final class GuideExamples {

  private GuideExamples() {}

  // @start region="start"
  static EventBus shop() {
    BusOptions options = BusOptions.of("shop", "orders", "payments"); // a group and its topics
    EventBus bus = EventBus.memory(MemoryOptions.of(options));
    bus.start();
    return bus;
  }

  // @end

  // @start region="publish"
  static Published place(EventBus bus) {
    byte[] order = "{\"total\": 12.50}".getBytes(StandardCharsets.UTF_8);
    Envelope placed = Envelope.json("order:4711", "order.placed", 1, order).tenantId("zurich");
    return bus.publishEnvelope("orders", placed).join();
  }

  // @end

  // @start region="subscribe"
  static Subscription consume(EventBus bus, Queue<String> seen) {
    FailurePolicy policy = FailurePolicy.deadLetter(5, Backoff.standard());
    SubscribeOptions options =
        SubscribeOptions.of(policy).concurrency(64).handlerTimeout(Duration.ofSeconds(10));
    return bus.subscribeEnvelope(
        "orders",
        options,
        (envelope, message) -> {
          if (envelope.payload().length == 0) {
            throw new PermanentFailureException("an order without content"); // no further attempt
          }
          seen.add(envelope.eventType() + " of " + envelope.aggregateId());
        });
  }

  // @end

  // @start region="park"
  static void lookAfter(Subscription payments) {
    for (ParkedMessage parked : payments.parked()) {
      if (parked.reason().contains("no such account")) {
        payments.skip(parked); // what waits behind it goes on
      } else {
        payments.retry(parked); // from its first attempt on
      }
    }
  }

  // @end

  // @start region="replay"
  static int replay(EventBus bus) {
    List<DeadLetter> letters = bus.deadLetters().list("orders", null, 100).join();
    for (DeadLetter letter : letters) {
      System.Logger log = System.getLogger("shop");
      log.log(System.Logger.Level.INFO, "{0}: {1}", letter.message().key(), letter.reason());
    }
    Replayed replayed = bus.deadLetters().replayAll("orders", 1000).join();
    return replayed.replayed();
  }

  // @end

  // @start region="outcome"
  static String tell(EventBus bus, Envelope envelope) {
    return bus.publishEnvelope("orders", envelope)
        .handle(
            (published, failure) -> {
              if (failure == null) {
                return "stored";
              }
              return failure instanceof EventBusException known
                  ? switch (known.category()) {
                    case OVERLOADED, UNAVAILABLE -> "nothing was done: try again later";
                    case UNKNOWN_OUTCOME -> "it may be stored: publish again, with the same id";
                    default -> known.getMessage();
                  }
                  : "not stored";
            })
        .join();
  }

  // @end

  // @start region="metrics"
  static String observe(EventBus bus, MeterRegistry registry) {
    EventBusMetrics.of(bus).bindTo(registry);
    BusSnapshot now = bus.inspect();
    return now.subscriptions().stream()
        .flatMap(subscription -> subscription.partitions().stream())
        .filter(partition -> partition.frontierAge().compareTo(Duration.ofMinutes(1)) > 0)
        .map(partition -> partition.partition() + " is held up by " + partition.oldestKey())
        .toList()
        .toString();
  }

  // @end

  // @start region="close"
  static boolean stop(EventBus bus) {
    CloseReport report = bus.close(Duration.ofSeconds(30));
    if (!report.clean()) {
      System.getLogger("shop").log(System.Logger.Level.WARNING, report.describe());
    }
    return report.clean();
  }

  // @end
}
