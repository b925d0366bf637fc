package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FaultyNetworkTest {

  /** Of closes and reads that have nothing to wait for, on a machine that may be busy. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private static final int READ_MILLIS = 60_000;

  private final LoopbackServer echo;
  private final FaultyNetwork network;

  FaultyNetworkTest(Ledger ledger) throws IOException {
    echo =
        LoopbackServer.start(
            ledger,
            "echo",
            connection ->
                connection
                    .socket()
                    .getInputStream()
                    .transferTo(connection.socket().getOutputStream()));
    network = FaultyNetwork.start(ledger, echo.address());
  }

  @BeforeEach
  void nothingIsConnected() {
    assertThat(network.connections()).isZero();
  }

  @AfterEach
  void close() {
    assertThat(network.close(Deadline.after(CLOSE_TIME)).clean()).isTrue();
    assertThat(echo.close(Deadline.after(CLOSE_TIME)).clean()).isTrue();
  }

  private Socket connect() throws IOException {
    return connect(network.address());
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    var socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(READ_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String receive(Socket socket, int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
  }

  @Test
  void passesWhatIsSentAndItsEndAndCountsConnections() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "hello");
      assertThat(receive(socket, 5)).isEqualTo("hello");
      assertThat(network.connections()).isOne();

      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).as("end of stream").isEqualTo(-1);
    }
    await().until(() -> network.connections() == 0);
    assertThat(network.accepted()).isOne();
    assertThat(network.bytesToServer()).isEqualTo(5);
    assertThat(network.bytesToClient()).isEqualTo(5);
  }

  @Test
  void whileStalledNothingArrivesAndAfterwardsAllDoes() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "a");
      assertThat(receive(socket, 1)).isEqualTo("a");

      network.stall();
      send(socket, "b");
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(network.connections()).isOne();

      network.pass();
      socket.setSoTimeout(READ_MILLIS);
      assertThat(receive(socket, 1)).isEqualTo("b");
    }
  }

  @Test
  void aStalledNetworkHidesThatTheServerIsGone() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "a");
      assertThat(receive(socket, 1)).isEqualTo("a");

      network.stall();
      echo.close(Deadline.after(CLOSE_TIME));
      socket.setSoTimeout(100);

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aLostConnectionIsSilentForGoodAndNewOnesAreFine() throws Exception {
    try (Socket lost = connect()) {
      send(lost, "a");
      assertThat(receive(lost, 1)).isEqualTo("a");

      network.lose();
      network.pass();
      send(lost, "b");
      try (Socket other = connect()) {
        send(other, "c");
        assertThat(receive(other, 1)).isEqualTo("c");
      }
      lost.setSoTimeout(100);
      assertThatThrownBy(() -> lost.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      network.cut();
      lost.setSoTimeout(READ_MILLIS);
      assertThatThrownBy(() -> lost.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aCutIsAResetAndNewConnectionsAreFine() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "a");
      assertThat(receive(socket, 1)).isEqualTo("a");

      network.cut();

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    try (Socket socket = connect()) {
      send(socket, "b");
      assertThat(receive(socket, 1)).isEqualTo("b");
    }
  }

  @Test
  void cutsInTheMiddleOfWhatIsSentToTheServer() throws Exception {
    network.cutAfterToServer(3);
    try (Socket socket = connect()) {
      send(socket, "abcdef");

      assertThatThrownBy(() -> receive(socket, 6)).isInstanceOf(SocketException.class);
    }
    assertThat(network.bytesToServer()).isEqualTo(3);
    try (Socket socket = connect()) {
      send(socket, "abcdef");
      assertThat(receive(socket, 6)).as("cuts once").isEqualTo("abcdef");
    }
  }

  @Test
  void cutsInTheMiddleOfWhatIsSentToTheClient() throws Exception {
    network.cutAfterToClient(2);
    try (Socket socket = connect()) {
      send(socket, "abcdef");

      assertThatThrownBy(() -> receive(socket, 6)).isInstanceOf(SocketException.class);
    }
    assertThat(network.bytesToClient()).isEqualTo(2);
  }

  @Test
  void refusesNewConnectionsOnly() throws Exception {
    try (Socket before = connect()) {
      send(before, "a");
      assertThat(receive(before, 1)).isEqualTo("a");
      network.refuse();

      try (Socket refused = connect()) {
        assertThatThrownBy(() -> refused.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }

      send(before, "b");
      assertThat(receive(before, 1)).isEqualTo("b");
    }
  }

  @Test
  void delaysEachDirection() throws Exception {
    network.delay(Duration.ofMillis(100));
    try (Socket socket = connect()) {
      long start = System.nanoTime();
      send(socket, "a");
      assertThat(receive(socket, 1)).isEqualTo("a");

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void closesInTimeAlsoWhileStalledWithDataUnderWay() throws Exception {
    try (Socket socket = connect()) {
      network.stall();
      send(socket, "a");
      await().until(() -> network.connections() == 1);

      assertThat(network.close(Deadline.after(CLOSE_TIME)).clean()).isTrue();

      assertThat(network.connections()).isZero();
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aServerThatIsNotThereResetsTheClient(Ledger ledger) throws Exception {
    echo.close(Deadline.after(CLOSE_TIME));
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    await().until(() -> ledger.open("faulty network connection") == 0);
  }
}
