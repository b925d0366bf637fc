package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
  private final StringWriter written = new StringWriter();

  @Test
  void whereThereIsNoTerminalEachSecondIsALine() {
    Progress progress = to(false);

    progress.second(new Second(-2, 100, 1, 2, 0));
    progress.second(new Second(1, 41_234.4, 2.3456, 12.345, 7));
    progress.second(new Second(2, 0, 0, 0, 30));
    progress.draining();
    progress.over();

    assertThat(written.toString().lines())
        .containsExactly(
            "warming up, 2 s to go          100/s   p50 1.000 ms   p99 2.000 ms   failed 0",
            "1 s of 2                    41,234/s   p50 2.346 ms   p99 12.35 ms   failed 7",
            "2 s of 2                       0.0/s   nothing came through   failed 30",
            "waiting for what is under way");
  }

  @Test
  void onATerminalTheLineIsWrittenAnewAndGoneAtTheEnd() {
    Progress progress = to(true);

    progress.second(new Second(1, 100, 1, 2, 0));
    progress.over();

    assertThat(written.toString())
        .startsWith("\r\u001b[K1 s of 2")
        .endsWith("failed 0\r\u001b[K")
        .doesNotContain("\n");
  }

  private Progress to(boolean terminal) {
    return new ProgressLines(
        new PrintWriter(written, true), terminal, Results.plan(Mode.SEND, new Pace.InFlight(1)));
  }
}
