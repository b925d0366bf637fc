package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SeedsTest {

  @Test
  void oneSeedGivesTheSameValues(Seeds seeds) {
    Seeds one = Seeds.of(seeds.seed());
    Seeds other = Seeds.of(seeds.seed());

    assertThat(one.bytesUpTo(100)).isEqualTo(other.bytesUpTo(100));
    assertThat(one.stringUpTo(100)).isEqualTo(other.stringUpTo(100));
    assertThat(one.anyLong()).isEqualTo(other.anyLong());
  }

  @Test
  void valuesStayWithinTheirBounds() {
    Seeds.forAll(
        500,
        seeds -> {
          assertThat(seeds.between(3, 5)).isBetween(3, 5);
          assertThat(seeds.between(Integer.MAX_VALUE, Integer.MAX_VALUE))
              .isEqualTo(Integer.MAX_VALUE);
          assertThat(seeds.bytesUpTo(20)).hasSizeLessThanOrEqualTo(20);
          assertThat(seeds.stringUpTo(20)).hasSizeLessThanOrEqualTo(20);
          assertThat(seeds.word(20)).matches("[a-zA-Z0-9]{1,20}");
          assertThat(List.of("a", "b")).contains(seeds.pick("a", "b"));
        });
  }

  @Test
  void aPropertyThatFailsTellsTheSeedThatMakesItFailAgain() {
    var drawn = new ArrayList<Integer>();

    assertThatThrownBy(
            () ->
                Seeds.forAll(
                    1000,
                    seeds -> {
                      int value = seeds.between(0, 9);
                      drawn.add(value);
                      assertThat(value).isNotEqualTo(7);
                    }))
        .isInstanceOf(AssertionError.class)
        .satisfies(
            failure -> {
              Matcher told =
                  Pattern.compile("-Dsluice.seed=(-?\\d+)").matcher(failure.getMessage());
              assertThat(told.find()).isTrue();
              assertThat(Seeds.of(Long.parseLong(told.group(1))).between(0, 9)).isEqualTo(7);
            });
    assertThat(drawn).endsWith(7);
  }

  @Test
  void aTestThatFailsTellsItsSeedAndThePropertyFixesIt() throws Exception {
    FailingRun run = FailingRun.of(List.of("-Dsluice.seed=42"), Fails.class);

    assertThat(run.failures()).as(run.output()).isEqualTo(2);
    assertThat(run.output())
        .contains("drew " + Seeds.of(42).anyInt(), "repeat with -Dsluice.seed=42")
        .contains("run 1 of 1 failed");
  }

  static class Fails {
    @Test
    void withOneSeed(Seeds seeds) {
      throw new AssertionError("drew " + seeds.anyInt());
    }

    @Test
    void withMany() {
      Seeds.forAll(
          10,
          seeds -> {
            throw new AssertionError("always");
          });
    }
  }
}
