package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.bench.BenchRun;
import dev.sluice.gateway.bench.Mode;
import dev.sluice.gateway.bench.Pace;
import dev.sluice.gateway.bench.Plan;
import dev.sluice.gateway.bench.Progress;
import dev.sluice.gateway.bench.Result;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sluice bench} on a real gateway, before a message system that does as it is told. */
class BenchCommandTest extends WithGateways {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final MemorySystem system = new MemorySystem();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Served gateway;

  @BeforeEach
  void startTheGateway() throws Exception {
    gateway = start(system, Map.of());
  }

  @Test
  void asManyMessagesAreMeasuredAsAreWantedAndAllAreStored() {
    int exit =
        bench("--messages", "500", "--warm-up", "0s", "--concurrency", "20", "--size", "1KB");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("messages +500 ")
        .containsPattern("failed +0\n")
        .contains("20 in flight, 4 connections, 1,024 bytes each");
    // One more was sent to see whether it can be done.
    assertThat(stored()).hasSize(501).allMatch(message -> message.body().remaining() == 1024);
    assertLeftNothing();
  }

  @Test
  void aTimedRunMeasuresAfterItsWarmUpAndTellsEachSecond() {
    int exit = bench("--duration", "1200ms", "--warm-up", "600ms", "--concurrency", "2");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString()).contains("1.2 s measured after 0.6 s of warm-up");
    assertThat(err.toString().lines())
        .anyMatch(line -> line.startsWith("warming up, 0 s to go "))
        .anyMatch(line -> line.startsWith("1 s of 1.2 "));
    assertThat((double) stored().size()).isGreaterThan(number("messages"));
  }

  @Test
  void messagesAreDeliveredAndAcknowledged() {
    int exit =
        bench("--mode", "send-receive", "--messages", "300", "--warm-up", "0s", "--group", "g");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("messages +300 ").contains("delivery ");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(system.memory().unacknowledged(MemorySystem.ADDRESS, "load", "g"))
                    .isZero());
    assertLeftNothing();
  }

  @Test
  void atARateMessagesGoOnAlthoughNothingIsAnsweredAndTheirWaitingIsMeasured() throws Exception {
    Result result =
        untilStopped(
            new Pace.Rate(200),
            () -> {
              system.faults().hold(Operation.SEND);
              await().atMost(PATIENCE).until(() -> underWay() >= 50);
              // At a rate of 200 the first of them has waited for 245 ms at least.
              system.faults().release(Operation.SEND);
              await().atMost(PATIENCE).until(() -> underWay() < 50);
            });

    assertThat(result.sends().count()).isGreaterThanOrEqualTo(50);
    assertThat(result.sends().max()).isGreaterThan(240);
  }

  @Test
  void whatIsRefusedHasFailedAndEndsWithOneUnlessItIsAllowed() {
    refuse(7);
    assertThat(bench("--messages", "100", "--warm-up", "0s")).isEqualTo(ExitCodes.FAILED);
    assertThat(out.toString())
        .containsPattern("messages +93 ")
        .containsPattern("failed +7\n")
        .containsPattern("failed: send .*, 7 times; first: ");
    assertThat(err.toString()).contains("sluice: 7 failed (--fail-errors would allow some)");

    refuse(7);
    assertThat(bench("--messages", "100", "--warm-up", "0s", "--fail-errors", "7%")).isZero();

    refuse(7);
    assertThat(bench("--messages", "100", "--warm-up", "0s", "--fail-errors", "6"))
        .isEqualTo(ExitCodes.MISSED);
    assertThat(err.toString()).contains("sluice: errors: 7 (expected: at most 6)");
  }

  /** So many after the one that is sent first; a batch with one of them is tried again without. */
  private void refuse(int count) {
    IdentityHashMap<OutboundMessage, Integer> numbers = new IdentityHashMap<>();
    system
        .faults()
        .refuse(
            message -> {
              int number = numbers.computeIfAbsent(message, next -> numbers.size());
              return number >= 1 && number <= count;
            });
  }

  @Test
  void whatCannotBeSentAtAllIsToldAtOnce() {
    system.faults().refuse(message -> true);

    assertThat(bench("--duration", "24h")).isEqualTo(ExitCodes.FAILED);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("sluice: ");
    assertLeftNothing();
  }

  @Test
  void thresholdsThatAreMetAreTold() {
    int exit =
        bench(
            "--messages=50",
            "--warm-up=0s",
            "--fail-p99=1m",
            "--fail-rate=0.1",
            "--fail-errors=0",
            "--quiet");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("at most 60000 ms: met", "at least 0.1/s: met", "at most 0: met");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void thePictureIsDrawn() throws Exception {
    Path picture = folder().resolve("load.svg");

    assertThat(bench("--messages", "20", "--warm-up", "0s", "--svg", picture.toString())).isZero();

    assertThat(Files.readString(picture)).startsWith("<svg ").contains("topic load at 127.0.0.1:");
  }

  @Test
  void aPictureThatCannotBeDrawnIsToldBeforeAnythingIsSent() {
    Path picture = folder().resolve("none").resolve("load.svg");

    assertThat(bench("--svg", picture.toString())).isEqualTo(ExitCodes.USAGE);

    assertThat(err.toString()).startsWith("sluice: --svg: " + picture + " cannot be written");
    assertThat(stored()).isEmpty();
  }

  @Test
  void whoStopsItGetsWhatWasMeasuredUntilThen() throws Exception {
    Result result =
        untilStopped(
            new Pace.InFlight(5), () -> await().atMost(PATIENCE).until(() -> stored().size() > 20));

    assertThat(result.endedEarly()).isTrue();
    assertThat(result.finished()).isGreaterThan(10);
    assertThat(result.failures()).isEmpty();
  }

  /** A run of an hour that is stopped after this; it leaves nothing open, here or there. */
  private Result untilStopped(Pace pace, Runnable meanwhile) throws Exception {
    Plan plan =
        new Plan(
            "load",
            Mode.SEND_RECEIVE,
            pace,
            2,
            10,
            Duration.ZERO,
            Duration.ofHours(1),
            OptionalLong.empty(),
            "g");
    Ledger ledger = Ledger.create();
    Result result;
    try (GatewayClient client = GatewayClient.to(address());
        BenchRun run = new BenchRun(plan, client::connection, ledger)) {
      run.start();
      var measuring = CompletableFuture.supplyAsync(() -> measured(run));
      try {
        meanwhile.run();
      } finally {
        system.faults().release(Operation.SEND);
        run.stop();
      }
      result = measuring.get();
    }
    LedgerCheck.assertClean(ledger);
    assertLeftNothing();
    return result;
  }

  private long underWay() {
    return gateway.ledger().open(ResourceKinds.PENDING_SEND);
  }

  private static Result measured(BenchRun run) {
    try {
      return run.measure(Progress.NONE);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int bench(String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("bench", "--topic", "load", "--gateway", address()));
    line.addAll(Arrays.asList(arguments));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Sluice.run(
        new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
  }

  private String address() {
    return "127.0.0.1:" + gateway.server().grpcPort();
  }

  private List<OutboundMessage> stored() {
    return system.memory().stored(MemorySystem.ADDRESS, "load").stream()
        .flatMap(List::stream)
        .toList();
  }

  private void assertLeftNothing() {
    assertThat(err.toString()).doesNotContain("not everything was closed");
    for (String kind :
        List.of(
            ResourceKinds.PRODUCER,
            ResourceKinds.CONSUMER,
            ResourceKinds.STREAM,
            ResourceKinds.CONNECTION)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(gateway.ledger().open(kind)).as(kind).isZero());
    }
  }

  private double number(String row) {
    Matcher found = Pattern.compile("(?m)^" + row + " +([0-9,.]+)").matcher(out.toString());
    assertThat(found.find()).as(out.toString()).isTrue();
    return Double.parseDouble(found.group(1).replace(",", ""));
  }
}
