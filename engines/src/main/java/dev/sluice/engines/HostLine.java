package dev.sluice.engines;

import java.util.Locale;
import java.util.Optional;

/** What a child process tells its parent, one line each: {@code @engine started 4711}. */
enum HostLine {
  /** Something that a waiting user may want to see. */
  PROGRESS,
  /** The servers run; the parent still asks them whether they answer. */
  STARTED,
  /** Another process holds the data directory. */
  LOCKED,
  /** The start failed, with the reason. */
  FAILED;

  private static final String PREFIX = "@engine ";

  /** One line of standard output: its kind and its text. */
  record Parsed(HostLine kind, String text) {}

  String format(String text) {
    return PREFIX + name().toLowerCase(Locale.ROOT) + " " + text;
  }

  /** Empty for whatever else the servers print. */
  static Optional<Parsed> parse(String line) {
    if (!line.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = line.substring(PREFIX.length());
    for (HostLine kind : values()) {
      String name = kind.name().toLowerCase(Locale.ROOT) + " ";
      if (rest.startsWith(name)) {
        return Optional.of(new Parsed(kind, rest.substring(name.length())));
      }
    }
    return Optional.empty();
  }

  /** The failure and its causes on one line. */
  static String oneLine(Throwable failure) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (Throwable cause = failure; cause != null && depth < 8; cause = cause.getCause()) {
      if (depth++ > 0) {
        text.append("; caused by ");
      }
      text.append(cause);
    }
    return text.toString().replace('\n', ' ').replace('\r', ' ');
  }
}
