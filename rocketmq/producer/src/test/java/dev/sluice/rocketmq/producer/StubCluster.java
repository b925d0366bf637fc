package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Brokers that answer sends as a test says, which real ones do not at will, and the name server
 * that tells of them. Every topic has one queue on each.
 */
final class StubCluster implements AutoCloseable {
  private static final FrameEncoder ENCODER = new FrameEncoder(HeaderForm.JSON);

  private final List<Broker> brokers = new ArrayList<>();
  private final Listener nameServer;

  /** What a broker does with a send. */
  interface Manner {
    void send(RemotingCommand request, Line line) throws IOException;
  }

  /** The way back on one connection. */
  interface Line {
    void answer(RemotingCommand answer) throws IOException;

    void hangUp() throws IOException;
  }

  StubCluster() throws IOException {
    nameServer = new Listener(this::tell);
  }

  String nameServers() {
    return nameServer.address();
  }

  Broker broker(String name, Manner manner) throws IOException {
    Broker broker = new Broker(name, manner);
    brokers.add(broker);
    return broker;
  }

  /** Stores, and says how safely by this code. */
  static Manner storing(int code) {
    return (request, line) ->
        line.answer(
            RemotingCommand.response(
                code,
                request.opaque(),
                null,
                Fields.of(
                    "msgId",
                    "7F00000100002A9F0000000000000000",
                    "queueId",
                    "0",
                    "queueOffset",
                    "5"),
                ByteBuffer.allocate(0)));
  }

  static Manner refusing(int code) {
    return (request, line) ->
        line.answer(
            RemotingCommand.response(
                code, request.opaque(), "because", Fields.empty(), ByteBuffer.allocate(0)));
  }

  static Manner silent() {
    return (request, line) -> {};
  }

  static Manner hangingUp() {
    return (request, line) -> line.hangUp();
  }

  private void tell(RemotingCommand request, Line line) throws IOException {
    String named = brokers.stream().map(Broker::entry).collect(Collectors.joining(","));
    String body =
        switch (request.code()) {
          case RequestCode.GET_ROUTEINFO_BY_TOPIC ->
              "{\"brokerDatas\":["
                  + named
                  + "],\"queueDatas\":["
                  + brokers.stream().map(Broker::queue).collect(Collectors.joining(","))
                  + "]}";
          default ->
              "{\"brokerAddrTable\":{"
                  + brokers.stream()
                      .map(broker -> '"' + broker.name + "\":" + broker.entry())
                      .collect(Collectors.joining(","))
                  + "}}";
        };
    line.answer(
        RemotingCommand.response(
            0,
            request.opaque(),
            null,
            Fields.empty(),
            ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
  }

  @Override
  public void close() throws IOException {
    nameServer.close();
    for (Broker broker : brokers) {
      broker.listener.close();
    }
  }

  /** One broker. */
  static final class Broker {
    final String name;
    final List<RemotingCommand> sends = new CopyOnWriteArrayList<>();
    private final Listener listener;

    private Broker(String name, Manner manner) throws IOException {
      this.name = name;
      this.listener =
          new Listener(
              (request, line) -> {
                if (request.code() == RequestCode.SEND_MESSAGE_V2
                    || request.code() == RequestCode.SEND_BATCH_MESSAGE) {
                  sends.add(request);
                  manner.send(request, line);
                } else {
                  line.answer(
                      RemotingCommand.response(
                          0, request.opaque(), null, Fields.empty(), ByteBuffer.allocate(0)));
                }
              });
    }

    private String entry() {
      return "{\"cluster\":\"c\",\"brokerName\":\""
          + name
          + "\",\"brokerAddrs\":{\"0\":\""
          + listener.address()
          + "\"}}";
    }

    private String queue() {
      return "{\"brokerName\":\""
          + name
          + "\",\"readQueueNums\":1,\"writeQueueNums\":1,\"perm\":6,\"topicSysFlag\":0}";
    }
  }

  /** A port that takes commands; every connection is served on a virtual thread. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket server;
    private final Manner manner;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Listener(Manner manner) throws IOException {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      this.manner = manner;
      Thread.ofVirtual().start(this::accept);
    }

    String address() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = server.accept();
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        // Closed by the test.
      }
    }

    private void serve(Socket socket) {
      FrameDecoder decoder = new FrameDecoder(FrameLimits.defaults());
      ByteBuf in = Unpooled.buffer();
      Line line = line(socket);
      try (socket) {
        byte[] chunk = new byte[8192];
        for (int n = socket.getInputStream().read(chunk); n >= 0; ) {
          in.writeBytes(chunk, 0, n);
          for (RemotingCommand c = decoder.decode(in); c != null; c = decoder.decode(in)) {
            manner.send(c, line);
          }
          in.discardReadBytes();
          n = socket.getInputStream().read(chunk);
        }
      } catch (IOException e) {
        // The client or the test has ended the connection.
      }
    }

    private static Line line(Socket socket) {
      return new Line() {
        @Override
        public void answer(RemotingCommand answer) throws IOException {
          ByteBuf out = Unpooled.buffer();
          ENCODER.encode(answer, out);
          synchronized (socket) {
            out.readBytes(socket.getOutputStream(), out.readableBytes());
          }
        }

        @Override
        public void hangUp() throws IOException {
          socket.close();
        }
      };
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
