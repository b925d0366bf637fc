package dev.sluice.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.servers.ApacheProxy;
import dev.sluice.benchmarks.servers.BrokerSetup;
import dev.sluice.benchmarks.servers.Ports;
import dev.sluice.benchmarks.servers.ServerProcess;
import dev.sluice.benchmarks.servers.SluiceServer;
import dev.sluice.engines.SharedEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both servers are asked the same; an answer that differs must be meant, and its reason written.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@SuppressWarnings("NullAway.Init") // set before all tests
class BesideApachesProxyTest {

  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Duration START = Duration.ofMinutes(2);

  private BrokerSetup setup;
  private Side ours;
  private Side theirs;

  @BeforeAll
  void startBoth(@TempDir Path work) throws Exception {
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    setup = BrokerSetup.before(nameServer);
    int ourPort = Ports.free();
    int theirPort = Ports.free();
    ServerProcess their = ApacheProxy.start(ROOT, work, nameServer, theirPort, 256);
    theirs = new Side("theirs", their, theirPort, setup);
    ServerProcess our = SluiceServer.start(ROOT, work, nameServer, ourPort);
    ours = new Side("ours", our, ourPort, setup);
    their.awaitLine(ApacheProxy::saysReady, START);
    our.awaitLine(SluiceServer::saysReady, START);
  }

  @AfterAll
  void endBoth() {
    for (Side side : Stream.of(ours, theirs).toList()) {
      if (side != null) {
        side.close();
      }
    }
    setup.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAlikeOrSaysWhyNot(Case asked) {
    CompletableFuture<String> asking = CompletableFuture.supplyAsync(() -> answer(asked, theirs));
    String our = answer(asked, ours);
    String their = asking.join();

    Case.Difference difference = asked.difference();
    if (difference == null) {
      assertThat(our).as("ours, beside theirs").isEqualTo(their);
    } else {
      assertThat(List.of(our, their))
          .as("ours and theirs")
          .containsExactly(difference.ours(), difference.theirs());
    }
  }

  @Test
  void everyDifferenceHasItsReasonInTheDocuments() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/rocketmq-v2.md"));

    assertThat(Reason.values())
        .allSatisfy(reason -> assertThat(page).contains(" | " + reason.text() + " |"));
  }

  @Test
  void everyReasonIsThatOfADifference() {
    Stream<Reason> ofCases =
        cases().map(Case::difference).filter(Objects::nonNull).map(Case.Difference::reason);

    assertThat(Stream.concat(ofCases, Habits.REASONS.stream())).contains(Reason.values());
  }

  static Stream<Case> cases() {
    return Stream.of(Sending.cases(), Asking.cases(), Receiving.cases()).flatMap(part -> part);
  }

  private static String answer(Case asked, Side side) {
    try {
      return Habits.without(asked.call().at(side));
    } catch (Exception e) {
      throw new CompletionException(side + ", " + asked, e);
    }
  }
}
