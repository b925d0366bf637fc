package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The telemetry streams of consumers, by their group. A stream leaves when it ends, or tells
 * another group. Safe for use by any thread.
 */
final class GroupClients {

  /**
   * A consumer's stream and what it has told there.
   *
   * @param push whether messages are handed to it, so that it can be asked to consume one
   * @param topics that it subscribes to, by full name, as it writes them
   */
  record Told(TelemetryStream stream, String group, boolean push, Map<String, Resource> topics) {

    /** What is told by settings that were checked. */
    static Told of(TelemetryStream stream, Settings settings) {
      var topics = new HashMap<String, Resource>();
      for (SubscriptionEntry entry : settings.getSubscription().getSubscriptionsList()) {
        topics.put(ResourceNames.topic(entry.getTopic()), entry.getTopic());
      }
      boolean push =
          settings.getClientType() == ClientType.PUSH_CONSUMER
              || settings.getClientType() == ClientType.LITE_PUSH_CONSUMER;
      return new Told(
          stream,
          ResourceNames.group(settings.getSubscription().getGroup()),
          push,
          Map.copyOf(topics));
    }
  }

  // Bounded by how many streams connections may have.
  private final ConcurrentHashMap<String, Map<TelemetryStream, Told>> groups =
      new ConcurrentHashMap<>();

  /** Replaces what the stream told before of the same group. */
  void join(Told told) {
    groups.compute(
        told.group,
        (group, known) -> {
          var all =
              known == null
                  ? new LinkedHashMap<TelemetryStream, Told>()
                  : new LinkedHashMap<>(known);
          all.put(told.stream, told);
          return all;
        });
  }

  void leave(Told told) {
    groups.computeIfPresent(
        told.group,
        (group, known) -> {
          var others = new LinkedHashMap<>(known);
          others.remove(told.stream);
          return others.isEmpty() ? null : others;
        });
  }

  /** Those of a group, one stream for each client, the newest. */
  List<Told> of(String group) {
    var clients = new LinkedHashMap<Clients.Key, Told>();
    groups
        .getOrDefault(group, Map.of())
        .values()
        .forEach(told -> clients.put(told.stream.client(), told));
    return List.copyOf(clients.values());
  }
}
