package dev.sluice.rocketmq.remoting;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A broker set as a route shows it: one name, a master and perhaps replicas behind it.
 *
 * @param cluster the cluster that it belongs to
 * @param name its name, unique within the cluster
 * @param master where the master listens; null while there is none
 * @param reader where to read: the master, or a replica while there is no master; null if none
 */
public record Broker(
    String cluster, String name, @Nullable Endpoint master, @Nullable Endpoint reader) {

  public Broker {
    Objects.requireNonNull(cluster);
    Objects.requireNonNull(name);
  }
}
