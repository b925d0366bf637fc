package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a group and who has which partition: one value of the bucket, replaced as a whole by
 * whoever has its latest revision. Text of lines, so that a person can read it. Immutable.
 *
 * @param members by id
 * @param shares by topic, one for each partition
 */
record GroupDocument(SortedMap<String, Member> members, SortedMap<String, List<Share>> shares) {
  private static final String FIRST_LINE = "sluice group 1";
  private static final String NOBODY = "-";

  /**
   * A member.
   *
   * @param beat rises with each sign of life
   * @param topics that it takes part in
   */
  record Member(long beat, List<String> topics) {}

  /**
   * A partition.
   *
   * @param owner who has it
   * @param epoch rises each time somebody takes it; 0 before the first
   * @param committed the sequence that the group goes on with; 0 for the beginning
   */
  record Share(@Nullable String owner, long epoch, long committed) {
    static final Share NEW = new Share(null, 0, 0);
  }

  static GroupDocument empty() {
    return new GroupDocument(new TreeMap<>(), new TreeMap<>());
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    members.forEach(
        (id, member) -> {
          text.append("member ").append(id).append(' ').append(member.beat());
          member.topics().forEach(topic -> text.append(' ').append(topic));
          text.append('\n');
        });
    shares.forEach(
        (topic, of) -> {
          for (int i = 0; i < of.size(); i++) {
            Share share = of.get(i);
            String owner = share.owner();
            text.append("share ").append(topic).append(' ').append(i);
            text.append(' ').append(owner == null ? NOBODY : owner);
            text.append(' ').append(share.epoch()).append(' ').append(share.committed());
            text.append('\n');
          }
        });
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #bytes} wrote.
   *
   * @throws EventBusException INTERNAL if somebody else wrote it
   */
  static GroupDocument parse(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(FIRST_LINE)) {
      throw unreadable(lines.isEmpty() ? "" : lines.get(0));
    }
    GroupDocument document = empty();
    for (String line : lines.subList(1, lines.size())) {
      List<String> words = List.of(line.split(" ", -1));
      try {
        document.read(words);
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw unreadable(line);
      }
    }
    return document;
  }

  private void read(List<String> words) {
    switch (words.get(0)) {
      case "member" ->
          members.put(
              words.get(1),
              new Member(Long.parseLong(words.get(2)), words.subList(3, words.size())));
      case "share" -> {
        List<Share> of = shares.computeIfAbsent(words.get(1), topic -> new ArrayList<>());
        if (Integer.parseInt(words.get(2)) != of.size()) {
          throw new IndexOutOfBoundsException();
        }
        String owner = words.get(3);
        of.add(
            new Share(
                owner.equals(NOBODY) ? null : owner,
                Long.parseLong(words.get(4)),
                Long.parseLong(words.get(5))));
      }
      default -> throw unreadable(String.join(" ", words));
    }
  }

  private static EventBusException unreadable(String line) {
    return EventBusException.of(
        Category.INTERNAL,
        "the group's record has the line \"" + line + "\" (expected: one of " + FIRST_LINE + ')');
  }

  /** The share of a partition; a new one where there is none yet. */
  Share share(Part part) {
    List<Share> of = shares.getOrDefault(part.topic(), List.of());
    return part.number() < of.size() ? of.get(part.number()) : Share.NEW;
  }

  /** A copy that the turn may change. */
  SortedMap<String, List<Share>> copyOfShares() {
    SortedMap<String, List<Share>> copy = new TreeMap<>();
    for (Map.Entry<String, List<Share>> entry : shares.entrySet()) {
      copy.put(entry.getKey(), new ArrayList<>(entry.getValue()));
    }
    return copy;
  }

  static GroupDocument of(
      SortedMap<String, Member> members, SortedMap<String, List<Share>> shares) {
    return new GroupDocument(
        Collections.unmodifiableSortedMap(members), Collections.unmodifiableSortedMap(shares));
  }
}
