package dev.sluice.gateway.server;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells where output goes. */
final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether standard error is a terminal whose line can be written anew. */
  static boolean onStandardError() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      if (Files.isSymbolicLink(STANDARD_ERROR)) {
        String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      }
    } catch (IOException e) {
      // It is asked for as elsewhere.
    }
    // Java tells of the other two streams only.
    return consoleIsTerminal();
  }

  @SuppressWarnings("SystemConsoleNull") // A JDK may come without its module of consoles.
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
