package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP connections end in time, and requests have bounds. */
class HttpConnectionsTest {
  private static final Duration LONGEST = Duration.ofMillis(300);

  /** For a request to be heard and its answer begun. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

  /** Of the test. */
  private static final Duration UNTIL_THE_END = Duration.ofMinutes(1);

  private static final int PATIENCE_MILLIS = 20_000;

  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final List<WebServer> servers = new ArrayList<>();

  /** Gives the port of a server whose connections end after this time. */
  private int start(Duration longest) {
    WebServer server =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .port(0)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .shutdownHook(false)
            .addConnectionSelector(new HttpConnections(longest))
            .idleConnectionTimeout(longest)
            .idleConnectionPeriod(Duration.ofMillis(50))
            .maxPayloadSize(0)
            .routing(
                HttpRouting.builder()
                    .get("/ok", (request, response) -> response.send("fine"))
                    .get(
                        "/large",
                        (request, response) -> {
                          try (OutputStream out = response.outputStream()) {
                            for (int i = 0; i < 1000; i++) {
                              out.write(new byte[1 << 20]);
                            }
                          } catch (RuntimeException e) {
                            interrupted.countDown();
                            throw e;
                          }
                        }))
            .build();
    servers.add(server);
    return server.start().port();
  }

  @AfterEach
  void stop() {
    servers.forEach(WebServer::stop);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /ok",
        "GET /ok HTTP/1.1\r\nHost: a\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\r\nX: "
      })
  void aConnectionThatSaysNotEnoughIsClosed(String beginning) throws Exception {
    try (Socket slow = connect(LONGEST)) {
      write(slow, beginning);

      assertEnds(slow);
    }
  }

  @Test
  void aByteNowAndThenKeepsNoConnectionOpen() throws Exception {
    try (Socket slow = connect(LONGEST)) {
      write(slow, "GET /ok HTTP/1.1\r\nHost: a\r\nX: ");
      Thread dripping = Thread.startVirtualThread(() -> drip(slow));

      assertEnds(slow);
      dripping.join();
    }
  }

  private static void drip(Socket socket) {
    CountDownLatch never = new CountDownLatch(1);
    try {
      while (!never.await(20, TimeUnit.MILLISECONDS)) {
        write(socket, "x");
      }
    } catch (IOException | InterruptedException e) {
      // Closed, as it should be.
    }
  }

  @Test
  void aCallerThatNeverReadsItsAnswerIsGivenUp() throws Exception {
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(4096);
      deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), start(LONG_ENOUGH)));
      write(deaf, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(interrupted.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
  }

  @Test
  void aConnectionServesOneRequestAfterTheOther() throws Exception {
    try (Socket socket = connect(UNTIL_THE_END)) {
      for (int i = 0; i < 3; i++) {
        write(socket, "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200").endsWith("fine");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "line, 4000, 404",
    "line, 4200, 414",
    "headers, 8000, 200",
    "headers, 8300, 400",
    "body, 1, 413"
  })
  void aRequestThatIsTooLargeIsRefused(String part, int size, int status) throws Exception {
    String filling = "x".repeat(size);
    try (Socket socket = connect(UNTIL_THE_END)) {
      write(
          socket,
          switch (part) {
            case "line" -> "GET /" + filling + " HTTP/1.1\r\nHost: a\r\n\r\n";
            case "headers" -> "GET /ok HTTP/1.1\r\nHost: a\r\nX: " + filling + "\r\n\r\n";
            default ->
                "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + filling;
          });

      assertThat(answer(socket)).startsWith("HTTP/1.1 " + status);
    }
  }

  private Socket connect(Duration longest) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), start(longest));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String answer(Socket socket) throws IOException {
    byte[] bytes = new byte[8192];
    int read = socket.getInputStream().read(bytes);
    return new String(bytes, 0, Math.max(read, 0), StandardCharsets.US_ASCII);
  }

  private static void assertEnds(Socket socket) {
    try {
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      // Reset, which is an end too.
    }
  }
}
