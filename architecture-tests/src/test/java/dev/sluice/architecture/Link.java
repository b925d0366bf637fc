package dev.sluice.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A link of a Markdown document to something of this repository.
 *
 * @param target as written: a relative path, an anchor, or both
 */
record Link(String target) {
  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE = Pattern.compile("`[^`\\n]*`");
  private static final Pattern MARKDOWN = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern HTML = Pattern.compile("\\b(?:src|srcset|href)=\"([^\"\\s]+)\"");
  private static final Pattern SCHEME = Pattern.compile("^[a-z][a-z0-9+.-]*:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *$");

  /** Those in the text of a document; what is code is no link. */
  static List<Link> in(String text) {
    String prose = CODE.matcher(FENCED.matcher(text).replaceAll("")).replaceAll("code");
    return Stream.of(MARKDOWN, HTML)
        .flatMap(links -> links.matcher(prose).results())
        .map(link -> link.group(1))
        .filter(target -> !SCHEME.matcher(target).matches())
        .map(Link::new)
        .toList();
  }

  /** The path; empty for the document itself. */
  String file() {
    int anchor = target.indexOf('#');
    return anchor < 0 ? target : target.substring(0, anchor);
  }

  /** The heading's anchor; empty for the whole file. */
  String anchor() {
    int anchor = target.indexOf('#');
    return anchor < 0 ? "" : target.substring(anchor + 1);
  }

  /** The anchors that GitHub gives the headings of a document, in their order. */
  static List<String> anchorsOf(String text) {
    Map<String, Integer> seen = new HashMap<>();
    List<String> anchors = new ArrayList<>();
    for (MatchResult heading :
        HEADING.matcher(FENCED.matcher(text).replaceAll("")).results().toList()) {
      String anchor =
          heading
              .group(1)
              .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_ -]", "")
              .replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }
}
