package dev.sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why the formatter runs as a test: docs/adr/0003-formatting-as-a-test.md. */
class FormattingTest {
  private static final boolean APPLY = "apply".equals(System.getProperty("format"));

  private final Repository repository = Repository.here();
  private final Formatter formatter = new Formatter();

  @Test
  void everyJavaFileIsFormatted() throws IOException {
    // given
    List<Path> sources = repository.javaFiles();

    // when
    List<String> unformatted = new ArrayList<>();
    for (Path source : sources) {
      String text = repository.read(source);
      String formatted = format(source, text);
      if (formatted.equals(text)) {
        continue;
      }
      if (APPLY) {
        Files.writeString(source, formatted);
      } else {
        unformatted.add(repository.name(source));
      }
    }

    // then
    assertThat(sources).hasSizeGreaterThan(5);
    assertThat(unformatted)
        .as("formatted by google-java-format (CONTRIBUTING.md names the command that does it)")
        .isEmpty();
  }

  @Test
  void anUnformattedFileIsSeen() {
    // given
    String text = "class A{ int  b ; }\n";

    // when
    String formatted = format(Path.of("A.java"), text);

    // then
    assertThat(formatted).isNotEqualTo(text);
  }

  private String format(Path source, String text) {
    try {
      return formatter.formatSourceAndFixImports(text);
    } catch (FormatterException e) {
      throw new IllegalStateException(repository.name(source) + ": cannot be formatted", e);
    }
  }
}
