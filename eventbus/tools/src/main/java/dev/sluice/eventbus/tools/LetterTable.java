package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Dead letters as lines of columns, two blanks apart, under a line of their names. Keeps what it
 * shows of them alone, since bodies may be large.
 */
final class LetterTable {
  private static final List<String> NAMES =
      List.of("POSITION", "FAILED_AT", "ATTEMPTS", "REPLAYS", "KEY", "REASON");
  private static final String NONE = "-";
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_REASON = 160;

  private final List<List<String>> rows = new ArrayList<>(List.of(NAMES));

  void add(DeadLetter letter) {
    String key = letter.message().key();
    rows.add(
        List.of(
            Printable.line(letter.position()),
            letter.failedAt().truncatedTo(ChronoUnit.MILLIS).toString(),
            Integer.toString(letter.attempts()),
            Integer.toString(letter.replays()),
            key == null || key.isEmpty() ? NONE : Printable.line(key, LONGEST_KEY),
            letter.reason().isEmpty() ? NONE : Printable.line(letter.reason(), LONGEST_REASON)));
  }

  void print(PrintWriter out) {
    int last = NAMES.size() - 1;
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < last; column++) {
        String cell = row.get(column);
        line.append(cell).repeat(' ', width(column) - cell.length() + 2);
      }
      out.println(line.append(row.get(last)));
    }
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
