package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that speaks the protocol and does with each command what a test says. */
final class StubPeer implements AutoCloseable {
  private static final FrameEncoder ENCODER = new FrameEncoder(HeaderForm.JSON);

  private final ServerSocket server;
  private final Manner manner;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /** Every command that has arrived. */
  final List<RemotingCommand> received = new CopyOnWriteArrayList<>();

  final AtomicInteger accepted = new AtomicInteger();

  /** What is done with a command. */
  interface Manner {
    void take(RemotingCommand command, Line line) throws IOException;
  }

  /** The way back on one connection. */
  interface Line {
    void send(RemotingCommand command) throws IOException;
  }

  private StubPeer(Manner manner) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.manner = manner;
  }

  static StubPeer start(Manner manner) throws IOException {
    StubPeer peer = new StubPeer(manner);
    Thread.ofVirtual().start(peer::acceptAll);
    return peer;
  }

  /** Answers everything with success and these fields. */
  static Manner answering(String... fields) {
    return (command, line) -> line.send(success(command, Fields.of(fields)));
  }

  static RemotingCommand success(RemotingCommand request, Fields fields) {
    return RemotingCommand.response(0, request.opaque(), null, fields, ByteBuffer.allocate(0));
  }

  static RemotingCommand body(RemotingCommand request, String body) {
    return RemotingCommand.response(
        0,
        request.opaque(),
        null,
        Fields.empty(),
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", server.getLocalPort());
  }

  long receivedWith(int code) {
    return received.stream().filter(command -> command.code() == code).count();
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        sockets.add(socket);
        if (closed) {
          // It came in between, and closing may have missed it.
          socket.close();
        }
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    FrameDecoder decoder = new FrameDecoder(FrameLimits.defaults());
    ByteBuf in = Unpooled.buffer();
    Line line = command -> send(socket, command);
    try (socket) {
      byte[] chunk = new byte[8192];
      for (int n = socket.getInputStream().read(chunk); n >= 0; ) {
        in.writeBytes(chunk, 0, n);
        for (RemotingCommand c = decoder.decode(in); c != null; c = decoder.decode(in)) {
          received.add(c);
          manner.take(c, line);
        }
        in.discardReadBytes();
        n = socket.getInputStream().read(chunk);
      }
    } catch (IOException e) {
      // The client or the test has ended the connection.
    }
  }

  private static void send(Socket socket, RemotingCommand command) throws IOException {
    ByteBuf out = Unpooled.buffer();
    ENCODER.encode(command, out);
    synchronized (socket) {
      out.readBytes(socket.getOutputStream(), out.readableBytes());
    }
  }

  /** Ends all connections; new ones are accepted. */
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    hangUp();
  }
}
