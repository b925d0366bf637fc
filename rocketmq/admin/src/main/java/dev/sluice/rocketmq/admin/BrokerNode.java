package dev.sluice.rocketmq.admin;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A master and its replicas under one name, as a name server knows them. One that has just died is
 * known for a while.
 *
 * @param cluster the cluster that it is in
 * @param name its name there
 * @param addresses {@code host:port} by number; 0 is the master
 */
public record BrokerNode(String cluster, String name, Map<Long, String> addresses) {

  /** Keeps the addresses from changing. */
  public BrokerNode {
    addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
  }

  /** Where the master is, if there is one now. */
  public Optional<String> master() {
    return Optional.ofNullable(addresses.get(0L));
  }
}
