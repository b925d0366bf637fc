package dev.sluice.eventbus;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bus in memory, with the same promises as over a broker for as long as the process lives.
 *
 * @param bus what it is, over any broker
 * @param member its name among the members of its group, 1 to 60 characters of {@code A-Z a-z 0-9 .
 *     _ -}
 * @param broker that it shares with others; null for one of its own, of four partitions a topic
 */
public record MemoryOptions(BusOptions bus, String member, @Nullable MemoryBroker broker)
    implements TransportOptions {

  /** Checks the bounds. */
  public MemoryOptions {
    Objects.requireNonNull(bus, "bus");
    BusOptions.checkName("member", member);
  }

  /** A broker of its own. */
  public static MemoryOptions of(BusOptions bus) {
    return new MemoryOptions(bus, "member", null);
  }

  /** As the member of that name, on a broker that is shared. */
  public MemoryOptions member(String name, MemoryBroker shared) {
    return new MemoryOptions(bus, name, Objects.requireNonNull(shared, "shared"));
  }

  @Override
  public String artifact() {
    return "sluice-eventbus-memory";
  }
}
