package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is in the archives: all that is needed, nothing else, and under which licences. */
class ArchiveTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private static final String LIBRARIES = "sluice-" + Installation.VERSION + "/java/lib/";
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| ((?:`[^`]+`(?:, )?)+) \\| ([^|]+) \\| (https://[^| ]+) \\| ([^|]*)\\|$");
  private static final Pattern VERSION = Pattern.compile("-[0-9][^/]*\\.jar$");

  /** What each part of a library's licence may be. */
  private static final Set<String> LICENCES =
      Set.of("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC0", "EPL-2.0");

  private final Path home = INSTALLED.installation().home();

  @Test
  void theGatewaysArchiveHasTheLibrariesThatTheGatewayNeedsAndNoOther() throws Exception {
    assertThat(libraries(Installation.GATEWAY))
        .containsExactlyElementsOf(classPath("sluice-gateway.jar"));
  }

  @Test
  void theOtherAddsWhatDeadLettersNeedBesideThese() throws Exception {
    Set<String> missing = new TreeSet<>(classPath("sluice-dead-letters.jar"));
    missing.removeAll(classPath("sluice-gateway.jar"));

    assertThat(libraries(Installation.DEAD_LETTERS)).containsExactlyElementsOf(missing);
  }

  private Set<String> classPath(String program) throws IOException {
    try (JarFile jar = new JarFile(home.resolve("java").resolve(program).toFile())) {
      String path = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return Stream.of(path.split(" ", -1))
          .map(entry -> entry.replaceFirst("^lib/", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> libraries(String archive) throws Exception {
    return content(archive)
        .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
        .map(name -> name.substring(LIBRARIES.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> content(String archive) throws Exception {
    return Program.run(
            Path.of("").toAbsolutePath(),
            Map.of("PATH", System.getenv("PATH")),
            List.of("tar", "-tzf", Installation.archive(archive)))
        .lines();
  }

  @Test
  void everyLibraryHasOneRowWithItsLicenceAndEveryRowALibrary() throws Exception {
    List<Library> rows = rows();
    List<String> unused = new ArrayList<>();
    rows.forEach(row -> unused.addAll(row.names()));

    for (String archive : List.of(Installation.GATEWAY, Installation.DEAD_LETTERS)) {
      boolean deadLetters = archive.equals(Installation.DEAD_LETTERS);
      for (String jar : libraries(archive)) {
        if (!jar.startsWith("sluice-")) {
          String name = VERSION.matcher(jar).replaceFirst("");
          assertThat(rows).as(jar).filteredOn(row -> row.covers(name)).hasSize(1);
          unused.removeIf(pattern -> Library.matches(pattern, name));
          assertThat(rows)
              .filteredOn(row -> row.covers(name))
              .as(jar)
              .allMatch(row -> row.remark().equals(deadLetters ? "dead letters" : ""));
        }
      }
    }
    assertThat(unused).as("rows of libraries that are in no archive").isEmpty();
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.licences()).isSubsetOf(LICENCES).isNotEmpty());
  }

  private List<Library> rows() throws IOException {
    String page = Files.readString(home.resolve("THIRD-PARTY.md"));
    List<MatchResult> rows = ROW.matcher(page).results().toList();
    assertThat(rows).hasSize((int) page.lines().filter(line -> line.startsWith("| `")).count());
    return rows.stream().map(Library::of).toList();
  }

  /** A row of libraries. */
  private record Library(List<String> names, Set<String> licences, String remark) {
    private static final Pattern LICENCE = Pattern.compile("[A-Z][A-Za-z]*-?[0-9.]*[-A-Za-z]*");

    static Library of(MatchResult row) {
      return new Library(
          Stream.of(row.group(1).split(", ", -1)).map(name -> name.replace("`", "")).toList(),
          // A choice of ours stands first; the names of parts are no licences.
          LICENCE
              .matcher(
                  row.group(2).replaceAll(" or LGPL.*|(LZ4|Snappy|Zstandard|Protocol Buffers)", ""))
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toCollection(TreeSet::new)),
          row.group(4).strip());
    }

    boolean covers(String name) {
      return names.stream().anyMatch(pattern -> matches(pattern, name));
    }

    static boolean matches(String pattern, String name) {
      return pattern.endsWith("*")
          ? name.startsWith(pattern.substring(0, pattern.length() - 1))
          : name.equals(pattern);
    }
  }

  @Test
  void scriptsAreThoseOfTheCheckoutAndCanBeRunWhereTheyAreToBe() throws IOException {
    for (String shared : List.of("tools/find-jdk.sh", "tools/run-java.sh", "LICENSE")) {
      assertThat(home.resolve(shared)).hasSameBinaryContentAs(Installation.ROOT.resolve(shared));
    }
    assertThat(Files.getPosixFilePermissions(home.resolve("bin/sluice")))
        .contains(PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
    try (Stream<Path> jars = Files.list(home.resolve("java/lib"))) {
      assertThat(jars)
          .allSatisfy(
              jar ->
                  assertThat(Files.getPosixFilePermissions(jar))
                      .contains(PosixFilePermission.OTHERS_READ)
                      .doesNotContain(PosixFilePermission.OTHERS_WRITE));
    }
  }

  @Test
  void whatItsReadmeNamesIsThere() throws IOException {
    String readme = Files.readString(home.resolve("README.md"));

    assertThat(readme).startsWith("# Sluice " + Installation.VERSION).doesNotContain("${");
    assertThat(readme).contains(Installation.DEAD_LETTERS);
    List<String> named =
        Pattern.compile("`((?:docs|deploy|java|bin)/[^` ]*|[A-Z-]+\\.md)[` ]")
            .matcher(readme)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(named)
        .hasSizeGreaterThan(5)
        .allSatisfy(name -> assertThat(home.resolve(name)).exists());
  }
}
