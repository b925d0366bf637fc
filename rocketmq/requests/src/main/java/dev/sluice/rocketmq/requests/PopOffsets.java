package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a pop answer that tell, for each queue of each kind of topic, where the pop began,
 * which messages it took and how often they were tried: {@code kind queue value;...}.
 */
final class PopOffsets {
  private static final int MAX_ENTRIES = 4096;
  private static final int MAX_OFFSETS = 65_536;

  private record Queue(TopicKind kind, int queueId) {}

  private record Place(TopicKind kind, int queueId, long offset) {}

  private final Map<Queue, Long> starts = new HashMap<>();
  private final Set<Place> taken = new HashSet<>();
  private final Map<Queue, Integer> queueAttempts = new HashMap<>();
  private final Map<Place, Integer> attempts = new HashMap<>();

  static PopOffsets read(Fields fields) {
    PopOffsets offsets = new PopOffsets();
    each(fields, "startOffsetInfo", offsets::start);
    each(fields, "msgOffsetInfo", offsets::taken);
    each(fields, "orderCountInfo", offsets::attempt);
    return offsets;
  }

  /** Whether the broker told where pops began; very old ones do not. */
  boolean hasStarts() {
    return !starts.isEmpty();
  }

  /** Where the pop of this queue began, or null. */
  @Nullable Long start(TopicKind kind, int queueId) {
    return starts.get(new Queue(kind, queueId));
  }

  /** Whether the pop took this message. */
  boolean isTaken(TopicKind kind, int queueId, long offset) {
    return taken.contains(new Place(kind, queueId, offset));
  }

  /**
   * How often this message came again in an ordered queue, or null when the broker did not tell.
   */
  @Nullable Integer attempts(TopicKind kind, int queueId, long offset) {
    Integer own = attempts.get(new Place(kind, queueId, offset));
    return own != null ? own : queueAttempts.get(new Queue(kind, queueId));
  }

  @FunctionalInterface
  private interface Entry {
    void read(TopicKind kind, String key, String value);
  }

  private static void each(Fields fields, String name, Entry entry) {
    String text = fields.get(name);
    if (text == null || text.isEmpty()) {
      return;
    }
    String[] entries = text.split(";", MAX_ENTRIES + 1);
    if (entries.length > MAX_ENTRIES) {
      throw WireException.limit(name + ": more than " + MAX_ENTRIES + " entries");
    }
    for (String each : entries) {
      String[] parts = each.split(" ", 4);
      if (parts.length != 3) {
        throw WireException.malformed(
            name + ": " + Texts.quote(each) + " (expected: kind, queue and value)");
      }
      try {
        entry.read(TopicKind.ofNumber(Long.parseLong(parts[0])), parts[1], parts[2]);
      } catch (NumberFormatException e) {
        throw WireException.malformed(name + ": " + Texts.quote(each) + " (expected: numbers)", e);
      }
    }
  }

  private void start(TopicKind kind, String queue, String offset) {
    starts.put(new Queue(kind, Integer.parseInt(queue)), Long.parseLong(offset));
  }

  private void taken(TopicKind kind, String queue, String offsets) {
    int queueId = Integer.parseInt(queue);
    for (String offset : offsets.split(",", MAX_OFFSETS)) {
      if (taken.size() == MAX_OFFSETS) {
        throw WireException.limit("msgOffsetInfo: more than " + MAX_OFFSETS + " offsets");
      }
      taken.add(new Place(kind, queueId, Long.parseLong(offset)));
    }
  }

  /** Either {@code queue} or {@code qo<queue>%<offset>}. */
  private void attempt(TopicKind kind, String key, String count) {
    int times = Integer.parseInt(count);
    int separator = key.indexOf('%');
    if (key.startsWith("qo") && separator > 0) {
      int queueId = Integer.parseInt(key, 2, separator, 10);
      long offset = Long.parseLong(key, separator + 1, key.length(), 10);
      attempts.put(new Place(kind, queueId, offset), times);
    } else {
      queueAttempts.put(new Queue(kind, Integer.parseInt(key)), times);
    }
  }
}
