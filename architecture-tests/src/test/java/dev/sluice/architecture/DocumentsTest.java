package dev.sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say about each other: links lead somewhere, and translations say the same. */
class DocumentsTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(\\w*)\\R.*?^ *```$");
  private static final Pattern STYLE = Pattern.compile("(?s)<style>.*?</style>");

  private final Repository repository = Repository.here();

  @Test
  void everyRelativeLinkLeadsToAFileAndToAHeadingThereIs() {
    List<Path> documents = repository.files(file -> file.toString().endsWith(".md"));
    assertThat(documents).map(repository::name).contains("README.md", "docs/operations.md");

    List<String> broken = new ArrayList<>();
    for (Path document : documents) {
      for (Link link : Link.in(repository.read(document))) {
        String fault = faultOf(document, link);
        if (!fault.isEmpty()) {
          broken.add(repository.name(document) + ": " + link.target() + ": " + fault);
        }
      }
    }

    assertThat(broken).as("links that lead nowhere").isEmpty();
  }

  /** Empty where it has none. */
  private String faultOf(Path document, Link link) {
    Path file = link.file().isEmpty() ? document : document.resolveSibling(link.file()).normalize();
    if (!file.startsWith(repository.root()) || !Files.exists(file)) {
      return "no such file";
    }
    boolean found =
        link.anchor().isEmpty() || Link.anchorsOf(repository.read(file)).contains(link.anchor());
    return found ? "" : "no such heading";
  }

  @Test
  void bothFrontPagesHaveTheSameBlocksInTheSameOrderAndLinkEachOther() {
    String english = read("README.md");
    String chinese = read("README.zh-CN.md");

    assertThat(blocks(chinese)).hasSizeGreaterThan(7).isEqualTo(blocks(english));
    assertThat(targets(english)).contains("README.zh-CN.md");
    assertThat(targets(chinese)).contains("README.md");
    assertThat(rows(chinese)).as("settings and services").isEqualTo(rows(english));
  }

  private static List<String> blocks(String text) {
    return BLOCK.matcher(text).results().map(MatchResult::group).toList();
  }

  private static List<String> targets(String text) {
    return Link.in(text).stream().map(Link::target).toList();
  }

  /** The first column of all tables, where it is no word of the language. */
  private static List<String> rows(String text) {
    return Pattern.compile("(?m)^\\| (`[^|]+`)")
        .matcher(text)
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  @Test
  void thePictureForDarkScreensIsTheOtherOneInOtherColours() {
    String light = read("docs/pictures/way-light.svg");
    String dark = read("docs/pictures/way-dark.svg");

    assertThat(STYLE.matcher(dark).replaceAll("")).isEqualTo(STYLE.matcher(light).replaceAll(""));
    assertThat(dark).isNotEqualTo(light);
  }

  @Test
  void theIndexLeadsToEveryPage() {
    Path docs = repository.root().resolve("docs");
    List<String> pages =
        repository.files(file -> docs.equals(file.getParent())).stream()
            .map(file -> docs.relativize(file).toString())
            .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
            .toList();

    assertThat(pages).contains("settings.md");
    assertThat(targets(read("docs/README.md"))).containsAll(pages);
  }

  @Test
  void linksAndHeadingsAreFoundAsReadersFindThem() {
    String text =
        """
        # One `two` (three), four: 五
        ## Same
        ## Same
        [a](b.md#c), [d
        e](f/g.md) and <img src="h.svg">, `[not](this)`, [nor](https://example.org/this)
        ```sh
        # no heading
        [no](link)
        ```
        """;

    assertThat(targets(text)).containsExactlyInAnyOrder("b.md#c", "f/g.md", "h.svg");
    assertThat(Link.anchorsOf(text))
        .isEqualTo(Stream.of("one-two-three-four-五", "same", "same-1").toList());
  }

  private String read(String name) {
    return repository.read(repository.root().resolve(name));
  }
}
