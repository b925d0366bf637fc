package dev.sluice.endtoend;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection that makes no calls and pings as often as the official clients do at most, whose
 * pings come a little early now and then, as timers and networks have it.
 */
final class PingingClient implements AutoCloseable {

  private static final Duration EARLY = Duration.ofMillis(9_500);

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int ACK = 1;

  private final Socket socket;
  private final OutputStream out;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger answered = new AtomicInteger();
  private volatile String end = "";

  private PingingClient(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
  }

  static PingingClient to(String hostAndPort) throws IOException {
    int colon = hostAndPort.lastIndexOf(':');
    var client =
        new PingingClient(
            new Socket(
                hostAndPort.substring(0, colon),
                Integer.parseInt(hostAndPort.substring(colon + 1))));
    client.out.write(PREFACE);
    client.write(SETTINGS, 0, new byte[0]);
    Thread.ofVirtual().start(client::read);
    var _ =
        client.timer.scheduleWithFixedDelay(
            client::ping, EARLY.toMillis(), EARLY.toMillis(), TimeUnit.MILLISECONDS);
    return client;
  }

  /** How many pings were answered. */
  int answered() {
    return answered.get();
  }

  /** Why the server ended the connection; empty while it has not. */
  String end() {
    return end;
  }

  private void ping() {
    try {
      write(PING, 0, new byte[8]);
    } catch (IOException e) {
      ended(e.toString());
    }
  }

  private synchronized void write(int type, int flags, byte[] payload) throws IOException {
    ByteBuffer frame =
        ByteBuffer.allocate(9 + payload.length)
            .put((byte) 0)
            .putShort((short) payload.length)
            .put((byte) type)
            .put((byte) flags)
            .putInt(0)
            .put(payload);
    out.write(frame.array());
    out.flush();
  }

  private void read() {
    try (var in = new DataInputStream(socket.getInputStream())) {
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        byte[] payload = in.readNBytes(length);
        take(type, flags, payload);
      }
    } catch (IOException e) {
      ended(e.toString());
    }
  }

  private void take(int type, int flags, byte[] payload) throws IOException {
    boolean ack = (flags & ACK) != 0;
    if (type == GO_AWAY) {
      ended("GOAWAY " + new String(payload, 8, payload.length - 8, StandardCharsets.US_ASCII));
    } else if (type == PING && ack) {
      answered.incrementAndGet();
    } else if (type == PING || (type == SETTINGS && !ack)) {
      write(type, ACK, type == PING ? payload : new byte[0]);
    }
  }

  private void ended(String why) {
    if (end.isEmpty()) {
      end = why;
    }
  }

  @Override
  public void close() throws IOException {
    timer.shutdownNow();
    socket.close();
  }
}
