package dev.sluice.eventbus.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.nats.GroupDocument.Member;
import dev.sluice.eventbus.nats.GroupDocument.Share;
import dev.sluice.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupTurnTest {

  /** A member as its turns see it. */
  private static final class Actor {
    final String id;
    final List<String> topics;
    final Map<Part, Long> held = new HashMap<>();

    Actor(String id, List<String> topics) {
      this.id = id;
      this.topics = topics;
    }

    GroupDocument turn(GroupDocument before, Map<String, Integer> partitions) {
      GroupTurn turn = new GroupTurn(before, id);
      turn.beat(topics);
      partitions.forEach(turn::know);
      held.entrySet().removeIf(entry -> !turn.has(entry.getKey(), entry.getValue()));
      for (String topic : topics) {
        for (GroupTurn.Claim claim : turn.claim(topic, held::containsKey)) {
          assertThat(claim.epoch()).isGreaterThan(before.share(claim.part()).epoch());
          assertThat(claim.committed()).isEqualTo(before.share(claim.part()).committed());
          held.put(claim.part(), claim.epoch());
        }
        List<Part> mine =
            new ArrayList<>(held.keySet().stream().filter(p -> p.topic().equals(topic)).toList());
        for (int surplus = turn.surplus(topic); surplus > 0; surplus--) {
          Part back = mine.remove(0);
          turn.release(back, 10 + before.share(back).committed());
          held.remove(back);
        }
      }
      return GroupDocument.parse(turn.after().bytes());
    }
  }

  @Test
  void everyPartitionHasOneOwnerAndAllHaveTheirFairShareSoonAfterWhateverHappens() {
    Seeds.forAll(
        50,
        seeds -> {
          Map<String, Integer> partitions = new TreeMap<>();
          for (int i = seeds.between(1, 4); i > 0; i--) {
            partitions.put("topic." + i, seeds.between(1, 20));
          }
          GroupDocument document = GroupDocument.empty();
          List<Actor> actors = new ArrayList<>();
          for (int round = 0; round < 10; round++) {
            document = disturb(seeds, document, actors, partitions, round);
            for (int turn = 0; turn < 3; turn++) {
              for (Actor actor : actors) {
                document = actor.turn(document, partitions);
              }
            }
            assertShared(document, actors, partitions);
          }
        });
  }

  private static GroupDocument disturb(
      Seeds seeds,
      GroupDocument document,
      List<Actor> actors,
      Map<String, Integer> partitions,
      int round) {
    GroupDocument next = document;
    for (int i = seeds.between(0, 3); i > 0; i--) {
      actors.add(new Actor("m" + round + seeds.word(5) + i, List.copyOf(partitions.keySet())));
    }
    for (int i = seeds.between(0, 2); i > 0 && !actors.isEmpty(); i--) {
      Actor gone = actors.remove(seeds.between(0, actors.size() - 1));
      GroupTurn turn = new GroupTurn(next, gone.id);
      turn.remove(gone.id);
      next = turn.after();
    }
    if (!actors.isEmpty() && seeds.chance(30)) {
      seeds.pick(actors).held.clear(); // Its lease is over; the record does not know.
    }
    return next;
  }

  private static void assertShared(
      GroupDocument document, List<Actor> actors, Map<String, Integer> partitions) {
    assertThat(document.members()).hasSameSizeAs(actors);
    if (actors.isEmpty()) {
      return;
    }
    partitions.forEach(
        (topic, count) -> {
          int least = count / actors.size();
          int most = (count + actors.size() - 1) / actors.size();
          int all = 0;
          for (Actor actor : actors) {
            int has =
                (int) actor.held.keySet().stream().filter(p -> p.topic().equals(topic)).count();
            assertThat(has).isBetween(least, most);
            all += has;
          }
          assertThat(all).isEqualTo(count);
          for (int i = 0; i < count; i++) {
            Part part = new Part(topic, i);
            Share share = document.share(part);
            assertThat(actors.stream().filter(actor -> actor.held.containsKey(part)))
                .singleElement()
                .satisfies(actor -> assertThat(actor.id).isEqualTo(share.owner()))
                .satisfies(actor -> assertThat(actor.held.get(part)).isEqualTo(share.epoch()));
          }
        });
  }

  @Test
  void aRecordThatSomebodyElseWroteIsToldWithItsLine() {
    assertThatThrownBy(() -> GroupDocument.parse("hello".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("hello");
    String wrong = "sluice group 1\nshare orders 1 - 0 0\n";
    assertThatThrownBy(() -> GroupDocument.parse(wrong.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("share orders 1");
  }

  @Test
  void aMemberIsGoneWhenItsBeatWasTheSameForALeaseOfThisMembersOwnTime() {
    Signs signs = new Signs(Duration.ofNanos(100));
    SortedMap<String, Member> members = new TreeMap<>();
    members.put("a", new Member(1, List.of()));
    assertThat(signs.look(members, 0, 10)).isEmpty();
    assertThat(signs.look(members, 109, 500)).isEmpty();
    members.put("a", new Member(2, List.of()));
    assertThat(signs.look(members, 111, 120)).isEmpty();
    assertThat(signs.look(members, 219, 220)).isEmpty();
    assertThat(signs.look(members, 220, 221)).containsExactly("a");
    members.remove("a");
    assertThat(signs.look(members, 1000, 1001)).isEmpty();
  }

  @Test
  void namesAreOfOneGroupAndPartitionOnly() {
    NatsNames names = new NatsNames("sluice", "a.b-1");
    Part part = new Part("t.u", 2);
    assertThat(names.stream("t.u")).isEqualTo("sluice-topic-t=u");
    assertThat(names.subject(part)).isEqualTo("sluice.topic.t=u.2");
    assertThat(names.consumer(part, 3, 0)).isEqualTo("a=b-1-2-3");
    assertThat(names.epoch(part, "a=b-1-2-3")).hasValue(3);
    assertThat(names.epoch(part, names.consumer(part, 4, 2))).hasValue(4);
    assertThat(names.epoch(part, "a=b-1-1-3")).isEmpty();
    assertThat(new NatsNames("sluice", "a.b").epoch(part, "a=b-1-2-3")).isEmpty();
    assertThat(Partitions.of("order-1", 12)).isEqualTo(7);
  }
}
