package dev.sluice.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes output through and picks out the lines that announce a leak, from whatever part of the
 * process they come, and also from child processes whose output is shown.
 */
final class LeakLines extends OutputStream {

  /** What Netty says, and what gRPC says of a channel. */
  private static final List<String> MARKS =
      List.of("LEAK:", "was garbage collected without being shut down");

  private static final int LONGEST_LINE = 8192;

  private final PrintStream out;
  private final Charset charset;
  private final Consumer<String> leaks;
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;

  private LeakLines(PrintStream out, Consumer<String> leaks) {
    this.out = out;
    this.charset = out.charset();
    this.leaks = leaks;
  }

  static PrintStream watching(PrintStream out, Consumer<String> leaks) {
    return new PrintStream(new LeakLines(out, leaks), true, out.charset());
  }

  @Override
  public void write(int b) {
    out.write(b);
    scan((byte) b);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    out.write(bytes, offset, count);
    for (int i = offset; i < offset + count; i++) {
      scan(bytes[i]);
    }
  }

  @Override
  public void flush() {
    out.flush();
  }

  private void scan(byte b) {
    if (b != '\n') {
      if (length < LONGEST_LINE) {
        line[length++] = b;
      }
      return;
    }
    String text = new String(line, 0, length, charset);
    length = 0;
    if (MARKS.stream().anyMatch(text::contains)) {
      leaks.accept("printed: " + text.strip());
    }
  }
}
