package dev.sluice.lifecycle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RacesTest {

  private static final long SHORT_MILLIS = 700;

  @ParameterizedTest
  @ValueSource(
      classes = {
        CloseAgainstClose.class,
        CloseAgainstCollection.class,
        StageEndAgainstTimeout.class,
        StagesAgainstClosers.class,
        SweepAgainstSweep.class,
        TallyAgainstSnapshot.class,
        TallyCloseAgainstClose.class
      })
  void nothingUnexpectedIsSeenInAShortRun(Class<?> test) throws Exception {
    var run = new ShortRun(test);

    Map<String, Integer> seen = run.run(SHORT_MILLIS);

    assertThat(run.unexpected()).as("results of %s: %s", test.getSimpleName(), seen).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "sluice.stress", matches = "sanity|quick|default|tough|stress")
  void nothingUnexpectedIsSeenByJcstress() throws Exception {
    LongRun.run();
  }
}
