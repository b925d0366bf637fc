package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlightsTest {

  @Test
  void thereIsRoomForSoManyAndForAnotherWhenOneEnds() {
    Flights flights = new Flights(2);
    Flight first = flights.begin(1);
    flights.begin(2);

    assertThat(flights.hasRoom()).isFalse();
    assertThat(flights.underWay()).isEqualTo(2);
    flights.end(first);
    assertThat(flights.hasRoom()).isTrue();
    assertThat(flights.begin(3).due()).isEqualTo(3);
  }

  @Test
  void noTwoMessagesHaveOneSequenceAndThatOfAnEarlierOneFindsNothing() {
    Flights flights = new Flights(3);
    Set<Long> sequences = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      Flight flight = flights.begin(i);
      long sequence = flight.sequence();

      assertThat(sequences).allSatisfy(each -> assertThat(flights.find(each)).isNull());
      assertThat(sequences.add(sequence)).isTrue();
      assertThat(flights.find(sequence)).isSameAs(flight);
      flights.end(flight);
      assertThat(flights.find(sequence)).isNull();
    }
  }

  @Test
  void whatIsUnderWayCanBeEndedAtOnce() {
    Flights flights = new Flights(3);
    flights.begin(7);
    flights.end(flights.begin(8));
    flights.begin(9);
    List<Long> ended = new ArrayList<>();

    flights.endAll(flight -> ended.add(flight.due()));

    assertThat(ended).containsExactlyInAnyOrder(7L, 9L);
    assertThat(flights.underWay()).isZero();
  }
}
