package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Filter;
import org.junit.jupiter.api.Test;

class TagExpressionTest {

  @Test
  void onlyNamedTagsMatchAlsoWhereHashesAreEqual() {
    TagExpression expression = tags(" a || BB||c ");

    assertThat(expression.matches("a")).isTrue();
    assertThat(expression.matches("BB")).isTrue();
    assertThat(expression.matches("c")).isTrue();
    // The two have one hash, so that a broker takes one for the other.
    assertThat("Aa").hasSameHashCodeAs("BB");
    assertThat(expression.matches("Aa")).isFalse();
    assertThat(expression.matches("A")).isFalse();
    assertThat(expression.matches(null)).isFalse();
  }

  @Test
  void starEmptyAndConditionsMatchEverything() {
    assertThat(tags("*").matches(null)).isTrue();
    assertThat(tags("").matches("x")).isTrue();
    assertThat(tags("||").matches("x")).isTrue();
    assertThat(TagExpression.of(new Filter(Filter.Type.SQL, "a = 1")).matches("x")).isTrue();
  }

  private static TagExpression tags(String expression) {
    return TagExpression.of(new Filter(Filter.Type.TAG, expression));
  }
}
