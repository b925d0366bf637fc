package dev.sluice.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The settings of Apache's proxy that the migration page names are settings of it. */
class MigrationPageTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Path LIBRARIES = ROOT.resolve("benchmarks/peers/apache-proxy/target/lib");
  private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([^|]*) \\|");
  private static final Pattern NAME = Pattern.compile("`([a-z][A-Za-z]+)`");

  @Test
  void theirSettingsThatItMapsExist() throws Exception {
    List<String> named = named();

    assertThat(named).contains("namesrvAddr", "innerClientAuthenticationCredentials");
    assertThat(named).isSubsetOf(theirs());
  }

  private static List<String> named() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/migrate-from-apache-proxy.md"));
    int begin = page.indexOf("## Settings");
    String section = page.substring(begin, page.indexOf("\n## ", begin));
    List<String> names = new ArrayList<>();
    for (MatchResult cell : FIRST_CELL.matcher(section).results().toList()) {
      NAME.matcher(cell.group(1)).results().forEach(name -> names.add(name.group(1)));
    }
    return names;
  }

  private static Set<String> theirs() throws IOException, ReflectiveOperationException {
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(LIBRARIES)) {
      for (Path jar : files.toList()) {
        jars.add(jar.toUri().toURL());
      }
    }
    // Apart from our own class path, which has other versions of some of these.
    try (var classes =
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      return Stream.of(
              classes.loadClass("org.apache.rocketmq.proxy.config.ProxyConfig"),
              classes.loadClass("org.apache.rocketmq.auth.config.AuthConfig"))
          .flatMap(settings -> Stream.of(settings.getDeclaredFields()))
          .map(Field::getName)
          .collect(Collectors.toSet());
    }
  }
}
