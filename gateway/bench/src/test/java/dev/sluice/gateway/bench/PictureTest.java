package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PictureTest {

  @Test
  void itIsWellFormedAndHasACurveForEachLatencyAndOneForTheRate() throws Exception {
    assertThat(all(parsed(Results.sent(), Results.GATEWAY), "polyline")).hasSize(2);
    assertThat(all(parsed(Results.delivered(), Results.GATEWAY), "polyline")).hasSize(3);
  }

  @Test
  void everythingIsWithinThePicture() throws Exception {
    Document picture = parsed(Results.delivered(), Results.GATEWAY);
    int width = Integer.parseInt(picture.getDocumentElement().getAttribute("width"));
    int height = Integer.parseInt(picture.getDocumentElement().getAttribute("height"));

    for (Element line : all(picture, "polyline")) {
      for (String point : line.getAttribute("points").split(" ", -1)) {
        String[] xy = point.split(",", -1);
        assertThat(Double.parseDouble(xy[0])).isBetween(0.0, (double) width);
        assertThat(Double.parseDouble(xy[1])).isBetween(0.0, (double) height);
      }
    }
  }

  @Test
  void latenciesRiseWithPercentiles() throws Exception {
    String[] points =
        all(parsed(Results.sent(), Results.GATEWAY), "polyline")
            .getFirst()
            .getAttribute("points")
            .split(" ", -1);
    List<Double> heights = new ArrayList<>();
    List<Double> across = new ArrayList<>();
    for (String point : points) {
      across.add(Double.valueOf(point.split(",", -1)[0]));
      heights.add(-Double.parseDouble(point.split(",", -1)[1]));
    }

    assertThat(across).isSorted();
    assertThat(heights).isSorted();
    assertThat(heights.getLast()).isGreaterThan(heights.getFirst());
  }

  @Test
  void textFromOutsideIsTextInIt() throws Exception {
    Plan plan = Results.plan(Mode.SEND, new Pace.InFlight(1));
    String topic = "</text><script>alert(1)</script>&\"'\u0000\ud800";
    Result result =
        Results.of(
            new Plan(
                topic,
                plan.mode(),
                plan.pace(),
                1,
                1,
                Duration.ZERO,
                Duration.ofSeconds(1),
                OptionalLong.empty(),
                ""),
            1,
            Optional.empty(),
            List.of(),
            List.of());

    Document picture = parsed(result, "<gateway>");

    assertThat(all(picture, "script")).isEmpty();
    assertThat(all(picture, "title").getFirst().getTextContent())
        .contains("</text><script>alert(1)</script>&\"'\ufffd\ufffd", "<gateway>");
  }

  @Test
  void itIsReadableInLightAndDark() {
    assertThat(Picture.of(Results.sent(), Results.GATEWAY))
        .contains("@media (prefers-color-scheme: dark)");
  }

  @Test
  void nothingMeasuredIsAPictureToo() throws Exception {
    Document picture = parsed(Results.nothing(), Results.GATEWAY);

    assertThat(all(picture, "polyline")).isEmpty();
    assertThat(picture.getDocumentElement().getTextContent()).contains("0 messages");
  }

  @Test
  void aLongRunHasNoMorePointsThanThereIsRoomFor() throws Exception {
    Result day =
        Results.of(
            Results.plan(Mode.SEND, new Pace.InFlight(1)),
            1,
            Optional.empty(),
            List.of(),
            Results.course(86_400));

    String rate = all(parsed(day, Results.GATEWAY), "polyline").getLast().getAttribute("points");

    assertThat(rate.split(" ", -1)).hasSizeBetween(200, 400);
  }

  private static Document parsed(Result result, String gateway) throws Exception {
    String svg = Picture.of(result, gateway);
    assertThat(svg).doesNotContain("NaN", "Infinity");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> all(Document picture, String name) {
    NodeList found = picture.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }
}
