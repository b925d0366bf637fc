package dev.sluice.gateway.groups;

import static dev.sluice.gateway.groups.Neighbour.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Instances that propose at the same moment, with questions and answers that cross. */
class AgreementRaceTest {

  private static final int RUNS = 300;

  private static Neighbourhood neighbourhood(Random random, int count) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(random.nextLong() | 1);
    }
    int slowest = 1 + random.nextInt(300);
    var all = new Neighbourhood(numbers, true, () -> Duration.ofMillis(random.nextInt(slowest)));
    all.backend().faults().delay(Operation.JOIN, Duration.ofMillis(random.nextInt(200)));
    all.backend().faults().delay(Operation.MEMBERS, Duration.ofMillis(random.nextInt(200)));
    return all;
  }

  @Test
  void ofTwoThatStartAtTheSameMomentExactlyOneIsRefused() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          var random = new Random(seeds.seed());
          try (var all = neighbourhood(random, 2);
              var one = all.at(0).party(all.lease(0, ""));
              var two = all.at(1).party(all.lease(1, ""))) {
            var first = one.propose("a");
            all.pass(Duration.ofMillis((long) random.nextInt(3) * random.nextInt(300)));
            var second = two.propose("b");
            all.pass(Neighbourhood.LONG);
            assertThat(List.of(failed(first), failed(second)))
                .containsExactlyInAnyOrder(true, false);
          }
        });
  }

  @Test
  void ofManyThatStartAtTheSameMomentAllThatGoOnAskForTheSame() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          var random = new Random(seeds.seed());
          int count = 2 + random.nextInt(5);
          try (var all = neighbourhood(random, count)) {
            List<Neighbour.Asking> parties = new ArrayList<>();
            List<String> wanted = new ArrayList<>();
            List<Outcome<Demand>> outcomes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              var party = all.at(i).party(all.lease(i, ""));
              parties.add(party);
              wanted.add(List.of("a", "b", "c").get(random.nextInt(3)));
              outcomes.add(party.propose(wanted.get(i)));
              all.pass(Duration.ofMillis((long) random.nextInt(3) * random.nextInt(200)));
            }
            all.pass(Neighbourhood.LONG);

            List<Demand> asked =
                parties.stream()
                    .map(party -> party.agreement().asked())
                    .filter(demand -> demand != null)
                    .distinct()
                    .toList();
            assertThat(asked).as("asked for").hasSize(1);
            for (int i = 0; i < count; i++) {
              assertThat(failed(outcomes.get(i)))
                  .as("refused: %s of %s", wanted.get(i), wanted)
                  .isEqualTo(!tags(wanted.get(i)).equals(asked.getFirst()));
            }
            parties.forEach(Neighbour.Asking::close);
          }
        });
  }

  @Test
  void whateverComesAndGoesNoTwoThatHeardOfEachOtherDiffer() {
    Seeds.forAll(
        RUNS / 3,
        seeds -> {
          var random = new Random(seeds.seed());
          int count = 3;
          try (var all = neighbourhood(random, count)) {
            var parties = new Neighbour.Asking[count];
            var done = new ArrayList<String>();
            for (int step = 0; step < 30; step++) {
              int i = random.nextInt(count);
              if (parties[i] == null) {
                parties[i] = all.at(i).party(all.lease(i, ""));
              }
              Agreement agreement = parties[i].agreement();
              done.add(
                  i
                      + " "
                      + agreement.asked()
                      + "/"
                      + agreement.wanted()
                      + (agreement.isProposing() ? "?" : ""));
              if (!agreement.isProposing()) {
                String next = List.of("a", "b", "a||b").get(random.nextInt(3));
                if (agreement.asked() != null && random.nextInt(4) == 0) {
                  parties[i].close();
                  done.add(i + " close");
                  parties[i] = null;
                } else if (agreement.asked() == null || next.length() > 1) {
                  parties[i].propose(next);
                  done.add(i + " propose " + next);
                } else if (tags("a||b").equals(agreement.wanted())) {
                  parties[i].reduce(next);
                  done.add(i + " reduce " + next);
                }
              }
              all.pass(Duration.ofMillis(random.nextInt(500)));
            }
            all.pass(Neighbourhood.LONG);
            List<Demand> asked = new ArrayList<>();
            for (var party : parties) {
              if (party != null && party.agreement().asked() != null) {
                asked.add(party.agreement().asked());
              }
            }
            assertThat(asked.stream().distinct().toList())
                .as("asked; done: %s", done)
                .hasSizeLessThanOrEqualTo(1);
            for (var party : parties) {
              if (party != null) {
                party.close();
              }
            }
          }
        });
  }

  private static boolean failed(Outcome<Demand> outcome) {
    assertThat(outcome.calls()).isOne();
    try {
      outcome.value();
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }
}
