package dev.sluice.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a NATS server by its text protocol, one connection for each question. */
final class NatsRequests {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final int port;

  NatsRequests(int port) {
    this.port = port;
  }

  /** What it answers to a request of JetStream's, or to a message for a stream. */
  String ask(String subject, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      String asked =
          "CONNECT {\"verbose\":false}\r\nSUB answer 1\r\nPUB %s answer %d\r\n%s\r\n"
              .formatted(subject, body.getBytes(StandardCharsets.UTF_8).length, body);
      socket.getOutputStream().write(asked.getBytes(StandardCharsets.UTF_8));
      BufferedReader input =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        if (line.startsWith("MSG answer")) {
          return input.readLine();
        }
      }
      throw new IOException("the server hung up on " + subject);
    }
  }
}
