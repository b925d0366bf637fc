package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.wire.Request;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No request is added whose answer nobody tries to break. */
class EveryAnswerIsFuzzedTest {

  @Test
  void answersOfAllRequestsAreReadByTheFuzzTests() throws Exception {
    List<String> all = requests();
    assertThat(all).hasSizeGreaterThan(20);
    assertThat(AnsweredRequests.ALL)
        .extracting(request -> request.getClass().getName())
        .containsExactlyInAnyOrderElementsOf(all);
  }

  /** The classes of the module that are requests, by name. */
  private static List<String> requests() throws Exception {
    Path folder =
        Path.of(Objects.requireNonNull(GetRoute.class.getResource("GetRoute.class")).toURI())
            .getParent();
    var found = new ArrayList<String>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName(GetRoute.class.getPackageName() + "." + name);
        if (Request.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
          found.add(type.getName());
        }
      }
    }
    return found;
  }
}
