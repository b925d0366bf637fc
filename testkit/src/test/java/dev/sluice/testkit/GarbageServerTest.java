package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class GarbageServerTest {

  private static final byte[] NONSENSE = {1, 2, 3};

  private final Ledger ledger;

  GarbageServerTest(Ledger ledger) {
    this.ledger = ledger;
  }

  private static Socket connect(GarbageServer server) throws IOException {
    var socket = new Socket(server.address().getAddress(), server.port());
    socket.setSoTimeout(60_000);
    return socket;
  }

  @Test
  void greetsAtOnce() throws Exception {
    try (GarbageServer server = GarbageServer.greeting(ledger, NONSENSE);
        Socket socket = connect(server)) {
      assertThat(socket.getInputStream().readNBytes(3)).isEqualTo(NONSENSE);
    }
  }

  @Test
  void answersOnceSomethingWasSent() throws Exception {
    try (GarbageServer server = GarbageServer.answering(ledger, NONSENSE);
        Socket socket = connect(server)) {
      socket.getOutputStream().write(9);
      assertThat(socket.getInputStream().readNBytes(3)).isEqualTo(NONSENSE);
      assertThat(server.received()).isOne();
    }
  }

  @Test
  void answersLikeAWebServerAndEnds() throws Exception {
    try (GarbageServer server = GarbageServer.http(ledger);
        Socket socket = connect(server)) {
      socket.getOutputStream().write(9);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400 Bad Request\r\n")
          .endsWith("\r\n\r\nBad Request");
    }
  }

  @Test
  void acceptsAndNeverAnswers() throws Exception {
    try (GarbageServer server = GarbageServer.silent(ledger);
        Socket socket = connect(server)) {
      socket.getOutputStream().write(new byte[100]);
      await().until(() -> server.received() == 100);
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(server.connections()).isOne();
      assertThat(server.accepted()).isOne();
    }
  }

  @Test
  void acceptsAndEnds() throws Exception {
    try (GarbageServer server = GarbageServer.closing(ledger);
        Socket socket = connect(server)) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
