package dev.sluice.benchmarks.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BarsTest {

  @Test
  void drawsABarForEachFigureInProportionAndALineAtTheReference() {
    Map<String, Double> bars = new LinkedHashMap<>();
    bars.put("this", 2.0);
    bars.put("a & b", 4.0);

    String svg = new Bars("title <1>", 1, 1, Map.of("group", bars)).svg();

    assertThat(svg)
        .contains("title &lt;1&gt;", ">group<", ">this<", ">a &amp; b<", ">2.0<", ">4.0<")
        .contains("class=\"c0\" x=\"250\" y=\"46\" width=\"270.0\"")
        .contains("class=\"c1\" x=\"250\" y=\"64\" width=\"540.0\"")
        .contains("x1=\"385.0\"")
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void aFigureThatThereIsNotHasNoBar() {
    String svg =
        new Bars("title", Double.NaN, 1, Map.of("group", Map.of("this", Double.NaN))).svg();

    assertThat(svg).contains("width=\"0.0\"").doesNotContain("<line");
  }
}
