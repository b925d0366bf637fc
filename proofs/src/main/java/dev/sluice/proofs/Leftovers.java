package dev.sluice.proofs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What careless consumers left unacknowledged, fetched by careful ones. */
final class Leftovers {

  private Leftovers() {}

  /** Returns when every group has got everything that was sent, or after so long. */
  static void fetch(Scene scene, Duration limit) throws InterruptedException {
    List<CarefulConsumer> consumers = new ArrayList<>();
    try {
      scene
          .groups()
          .forEach(
              (group, arrivals) ->
                  consumers.add(
                      CarefulConsumer.start(scene.call(), scene.topic(), group, arrivals)));
      long end = System.nanoTime() + limit.toNanos();
      while (anythingIsMissing(scene) && System.nanoTime() < end) {
        Pause.of(Duration.ofMillis(200));
      }
    } finally {
      consumers.forEach(CarefulConsumer::close);
    }
  }

  private static boolean anythingIsMissing(Scene scene) {
    var sent = scene.sent().all();
    return scene.groups().values().stream().anyMatch(arrivals -> arrivals.missing(sent) > 0);
  }
}
