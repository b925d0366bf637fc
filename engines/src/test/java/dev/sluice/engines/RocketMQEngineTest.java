package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One engine's life, in order: starting one takes seconds, and each step needs the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RocketMQEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TOPIC = TopicNames.unique("kept");

  @TempDir private static Path directory;

  private static final Ledger ledger = Ledger.create();
  private static final List<String> progress = new CopyOnWriteArrayList<>();
  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine() {
    engine =
        RocketMQEngine.in(directory).quickStart().ledger(ledger).progress(progress::add).start();
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Test
  @Order(1)
  void answersOnceStartedAndIsInTheLedger() throws Exception {
    assertThat(engine.isAlive()).isTrue();
    assertThat(new BrokerRequests(engine.brokerAddress()).send(TOPIC, "first"))
        .contains("\"queueOffset\":\"0\"");
    assertThat(ledger.open(RocketMQEngine.LEDGER_KIND)).isEqualTo(1);
    assertThat(progress).anyMatch(line -> line.contains(engine.nameServerAddress()));
  }

  @Test
  @Order(2)
  void cannotBeReachedFromOutsideThisMachine() throws Exception {
    int broker = port(engine.brokerAddress());
    for (int port : new int[] {port(engine.nameServerAddress()), broker, broker - 2, broker + 1}) {
      for (InetAddress address : otherAddresses()) {
        assertThatThrownBy(
                () -> {
                  try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, port), 2000);
                  }
                })
            .as("%s:%d", address, port)
            .isInstanceOf(ConnectException.class);
      }
    }
  }

  @Test
  @Order(3)
  void refusesASecondEngineOnItsData() {
    assertThatThrownBy(() -> RocketMQEngine.in(directory).quickStart().start())
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.LOCKED))
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("another engine");
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  @Order(4)
  void leavesTheMeaningOfCtrlCToItsParent() throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(engine.pid())).start().waitFor();
    new BrokerRequests(engine.brokerAddress()).awaitMaxOffset(TOPIC, 1);
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  @Order(5)
  @EnabledOnOs(OS.LINUX) // per-thread times are read from /proc
  void isIdleAgainAfterTransactions() throws Exception {
    // given
    BrokerRequests broker = new BrokerRequests(engine.brokerAddress());
    String topic = TopicNames.unique("transactions");
    broker.transact(topic);
    broker.awaitMaxOffset(topic, 1);
    // when the broker's batch interval of 3 s has passed since
    long before = batchThreadTicksAfter(Duration.ofMillis(4500));
    long after = batchThreadTicksAfter(Duration.ofMillis(1500));
    // then its batching thread does not spin: it used less than 50 ms
    assertThat(after - before).isLessThan(5);
  }

  @Test
  @Order(6)
  void keepsItsDataWhenItIsKilled() throws Exception {
    // given
    long pid = engine.pid();
    String address = engine.brokerAddress();
    String delayed = TopicNames.unique("delayed");
    new BrokerRequests(address).sendDelayed(delayed, Duration.ofSeconds(4));
    // when
    EngineExit exit =
        engine.kill().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // then
    assertThat(exit.pid()).isEqualTo(pid);
    assertThat(exit.code()).isEqualTo(128 + 9);
    assertThat(engine.isAlive()).isFalse();
    assertThat(engine.onExit().toCompletableFuture()).isCompletedWithValue(exit);
    // when
    engine.restart();
    // then
    assertThat(engine.pid()).isNotEqualTo(pid);
    assertThat(engine.brokerAddress()).isEqualTo(address);
    new BrokerRequests(address).awaitMaxOffset(TOPIC, 1);
    // The broker remembers how far it has delivered only now and then: it may deliver this twice.
    new BrokerRequests(address).awaitMaxOffsetAtLeast(delayed, 1);
  }

  @Test
  @Order(7)
  void closesInOrderWithinSecondsAndKeepsItsData() throws Exception {
    // given
    new BrokerRequests(engine.brokerAddress()).send(TOPIC, "second");
    String nameServer = engine.nameServerAddress();
    String broker = engine.brokerAddress();
    // when
    CloseReport report = engine.close(Deadline.after(PATIENCE));
    // then
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
    assertThat(engine.isAlive()).isFalse();
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
    assertThatThrownBy(engine::restart).isInstanceOf(IllegalStateException.class);
    // when
    engine = RocketMQEngine.in(directory).quickStart().start();
    // then it is found where it was
    assertThat(engine.nameServerAddress()).isEqualTo(nameServer);
    assertThat(engine.brokerAddress()).isEqualTo(broker);
    new BrokerRequests(broker).awaitMaxOffset(TOPIC, 2);
  }

  @Test
  @Order(8)
  void tellsWhenItsProcessWasEndedByOthersAndStillClosesCleanly() throws Exception {
    var exit = engine.onExit().toCompletableFuture();
    ProcessHandle.of(engine.pid()).orElseThrow().destroyForcibly();
    assertThat(exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).requested()).isFalse();
    CloseReport report = engine.close(Deadline.after(PATIENCE));
    assertThat(report.clean()).as(report.describe()).isTrue();
  }

  /** A busy machine gives a spinning thread little time, so only that thread's time counts. */
  private static long batchThreadTicksAfter(Duration wait) throws IOException {
    await().pollDelay(wait).atMost(PATIENCE).until(() -> true);
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + engine.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("comm")).startsWith("TransactionalOp")) {
          // The fields after the name in parentheses begin with the third.
          String stat = Files.readString(thread.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
      }
    }
    throw new IllegalStateException("the broker has no such thread");
  }

  private static List<InetAddress> otherAddresses() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .toList();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }
}
