package dev.sluice.eventbus.core;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Notes of replays that are stored and that no reading has shown yet: a broker may show a message a
 * moment after it has answered, and who replays again meanwhile would not know of it. Each is
 * forgotten when it was shown, or after a minute; of too many, the oldest first. For all threads.
 */
final class UnseenNotes {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private record Note(String topic, String position) {}

  private final int most;
  private final Clock clock;
  private final Map<Note, Deadline> notes = new LinkedHashMap<>();

  UnseenNotes(int most, Clock clock) {
    this.most = most;
    this.clock = clock;
  }

  /** A note is stored, about a position among the dead letters of a topic. */
  synchronized void add(String topic, String position) {
    Note note = new Note(topic, position);
    notes.remove(note);
    notes.put(note, Deadline.after(LONGEST, clock));
    if (notes.size() > most) {
      notes.remove(notes.keySet().iterator().next());
    }
  }

  /** What notes of a topic are about that a reading has not shown, which showed those given. */
  synchronized Set<String> besides(String topic, Set<String> shown) {
    notes
        .entrySet()
        .removeIf(
            each ->
                each.getValue().isPast()
                    || (each.getKey().topic().equals(topic)
                        && shown.contains(each.getKey().position())));
    return notes.keySet().stream()
        .filter(note -> note.topic().equals(topic))
        .map(Note::position)
        .collect(Collectors.toSet());
  }
}
