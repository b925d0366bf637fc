package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** No setting is dead: each has a test that shows what it does. */
class EverySettingTest {

  @Test
  void everySettingHasATestThatShowsItsEffect() throws Exception {
    Set<Setting> shown = EnumSet.noneOf(Setting.class);
    for (Method test : tests()) {
      Shows shows = test.getAnnotation(Shows.class);
      if (shows != null) {
        assertThat(runs(test)).as("%s runs as a test", test).isTrue();
        shown.addAll(List.of(shows.value()));
      }
    }

    assertThat(EnumSet.complementOf(EnumSet.copyOf(shown)))
        .as("settings without a test that @Shows their effect")
        .isEmpty();
  }

  @Test
  void sectionsAreContiguousSoThatHelpAndReferenceAreInTheOrderOfTheTable() {
    List<Setting.Section> sections =
        Stream.of(Setting.values()).map(Setting::section).distinct().toList();

    assertThat(Stream.of(Setting.values()).map(Setting::section)).isSorted();
    assertThat(sections).containsExactly(Setting.Section.values());
  }

  private static boolean runs(Method test) {
    return (test.isAnnotationPresent(Test.class)
            || test.isAnnotationPresent(ParameterizedTest.class))
        && !test.isAnnotationPresent(Disabled.class)
        && !test.getDeclaringClass().isAnnotationPresent(Disabled.class);
  }

  /** All methods of the test classes beside this one. */
  private static Collection<Method> tests()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path root =
        Path.of(EverySettingTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path folder = root.resolve(EverySettingTest.class.getPackageName().replace('.', '/'));
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    Collection<Method> methods = new ArrayList<>();
    for (Path file : files) {
      String name = root.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
      methods.addAll(
          List.of(
              Class.forName(name, false, EverySettingTest.class.getClassLoader())
                  .getDeclaredMethods()));
    }
    return methods;
  }
}
