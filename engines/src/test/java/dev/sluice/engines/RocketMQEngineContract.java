package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One engine's life, of either version, in order: starting one takes seconds, and each step needs
 * the one before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class RocketMQEngineContract {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final RocketMQVersion version;

  /** The properties of a message that comes some seconds after it was sent. */
  private final String delay;

  private final String kept = TopicNames.unique("kept");
  private final Ledger ledger = Ledger.create();
  private final List<String> progress = new CopyOnWriteArrayList<>();
  private Path directory;
  RocketMQEngine engine;

  RocketMQEngineContract(RocketMQVersion version, String delay) {
    this.version = version;
    this.delay = delay;
  }

  @BeforeAll
  void startEngine(@TempDir Path data) {
    directory = data;
    engine = options().ledger(ledger).progress(progress::add).start();
  }

  private RocketMQEngineOptions.Builder options() {
    return RocketMQEngine.in(directory).version(version).quickStart();
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }

  @Test
  @Order(1)
  void answersOnceStartedAndIsInTheLedger() throws Exception {
    assertThat(engine.isAlive()).isTrue();
    assertThat(new BrokerRequests(engine.brokerAddress()).send(kept, "first"))
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
    assertThatThrownBy(() -> options().start())
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
    new BrokerRequests(engine.brokerAddress()).awaitMaxOffset(kept, 1);
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  @Order(6)
  void keepsItsDataWhenItIsKilled() throws Exception {
    // given
    long pid = engine.pid();
    String address = engine.brokerAddress();
    String delayed = TopicNames.unique("delayed");
    new BrokerRequests(address).sendDelayed(delayed, delay);
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
    new BrokerRequests(address).awaitMaxOffset(kept, 1);
    // The broker remembers how far it has delivered only now and then: it may deliver this twice.
    new BrokerRequests(address).awaitMaxOffsetAtLeast(delayed, 1);
  }

  @Test
  @Order(7)
  void closesInOrderWithinSecondsAndKeepsItsData() throws Exception {
    // given
    new BrokerRequests(engine.brokerAddress()).send(kept, "second");
    String nameServer = engine.nameServerAddress();
    String broker = engine.brokerAddress();
    // when
    CloseReport report = engine.close(Deadline.after(PATIENCE));
    // then
    assertThat(report.clean()).as(report.describe()).isTrue();
    // Its own three seconds, and what a busy machine takes; after 48 s it would be killed.
    assertThat(report.took()).isLessThan(PATIENCE.dividedBy(2));
    assertThat(engine.isAlive()).isFalse();
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
    assertThatThrownBy(engine::restart).isInstanceOf(IllegalStateException.class);
    // when
    engine = options().start();
    // then it is found where it was
    assertThat(engine.nameServerAddress()).isEqualTo(nameServer);
    assertThat(engine.brokerAddress()).isEqualTo(broker);
    new BrokerRequests(broker).awaitMaxOffset(kept, 2);
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
