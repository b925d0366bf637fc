package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a close went. Immutable.
 *
 * @param name what was closed
 * @param took from the first call of close to its end
 * @param unfinished the stages that did not end in their time
 * @param failures what stages threw, or failed with
 * @param children the reports of what was closed on the way
 */
public record CloseReport(
    String name,
    Duration took,
    List<String> unfinished,
    List<Throwable> failures,
    List<CloseReport> children) {

  /** Copies the lists. */
  public CloseReport {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(took, "took");
    unfinished = List.copyOf(unfinished);
    failures = List.copyOf(failures);
    children = List.copyOf(children);
  }

  /** A report of something that had nothing to do, or did it at once. */
  public static CloseReport clean(String name) {
    return clean(name, Duration.ZERO);
  }

  /** A report of something that ended in its time and without failure. */
  public static CloseReport clean(String name, Duration took) {
    return new CloseReport(name, took, List.of(), List.of(), List.of());
  }

  /** Whether everything ended in its time and without failure, here and in all children. */
  public boolean clean() {
    return unfinished.isEmpty()
        && failures.isEmpty()
        && children.stream().allMatch(CloseReport::clean);
  }

  /** Several lines for a person: this one, and indented under it what went wrong and each child. */
  public String describe() {
    var text = new StringBuilder();
    describe(text, "");
    return text.toString();
  }

  private void describe(StringBuilder text, String indent) {
    text.append(indent).append(name).append(": ");
    text.append(clean() ? "closed" : "not closed cleanly");
    text.append(" after ").append(took.toMillis()).append(" ms");
    String inner = indent + "  ";
    unfinished.forEach(stage -> line(text, inner).append("unfinished: ").append(stage));
    failures.forEach(failure -> line(text, inner).append("failed: ").append(failure));
    for (CloseReport child : children) {
      child.describe(text.append('\n'), inner);
    }
  }

  private static StringBuilder line(StringBuilder text, String indent) {
    return text.append('\n').append(indent);
  }
}
