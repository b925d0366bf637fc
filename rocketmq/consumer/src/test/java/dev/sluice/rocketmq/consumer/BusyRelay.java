package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before a real broker, which is not busy at will, and refuses pulls as one that is for as
 * long as it is told to. Everything else it relays as it is.
 */
final class BusyRelay implements AutoCloseable {
  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** When pulls were refused, by {@code topic/queue}, on the monotonic clock. */
  private final Map<String, List<Long>> refused = new ConcurrentHashMap<>();

  private volatile boolean busy;

  /** Listens at an address for a broker at another. */
  BusyRelay(InetSocketAddress address, InetSocketAddress target) throws IOException {
    this.server = new ServerSocket(address.getPort(), 50, address.getAddress());
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  void busy() {
    refused.clear();
    busy = true;
  }

  void calm() {
    busy = false;
  }

  /** When pulls of the queue were refused since it became busy, on the monotonic clock. */
  List<Long> refused(String topic, int queue) {
    return refused.getOrDefault(topic + '/' + queue, List.of());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket broker = new Socket(target.getAddress(), target.getPort());
        open.add(client);
        open.add(broker);
        Thread.ofVirtual().start(() -> relay(client, broker, true));
        Thread.ofVirtual().start(() -> relay(broker, client, false));
      }
    } catch (IOException e) {
      // Closed: there is nobody to serve any more.
    }
  }

  private void relay(Socket from, Socket to, boolean requests) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(from.getInputStream());
      while (true) {
        byte[] frame = frame(in);
        if (!requests || !refuse(frame, from)) {
          write(to, frame);
        }
      }
    } catch (IOException e) {
      // One side went.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  /** A whole one, with its length before it. */
  private static byte[] frame(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] frame = new byte[Integer.BYTES + length];
    ByteBuffer.wrap(frame).putInt(length);
    in.readFully(frame, Integer.BYTES, length);
    return frame;
  }

  private boolean refuse(byte[] frame, Socket client) throws IOException {
    RemotingCommand request =
        Objects.requireNonNull(
            new FrameDecoder(FrameLimits.defaults()).decode(Unpooled.wrappedBuffer(frame)));
    if (!busy || request.isResponse() || request.code() != RequestCode.PULL_MESSAGE) {
      return false;
    }
    Fields fields = request.fields();
    refused
        .computeIfAbsent(
            fields.require("topic") + '/' + fields.require("queueId"),
            queue -> new CopyOnWriteArrayList<>())
        .add(System.nanoTime());
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(HeaderForm.JSON)
        .encode(
            RemotingCommand.response(
                ResponseCode.SYSTEM_BUSY,
                request.opaque(),
                "[TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while",
                Fields.empty(),
                ByteBuffer.allocate(0)),
            out);
    byte[] answer = new byte[out.readableBytes()];
    out.readBytes(answer);
    write(client, answer);
    return true;
  }

  /** Both sides of a connection write to its client. */
  private static void write(Socket to, byte[] frame) throws IOException {
    OutputStream out = to.getOutputStream();
    synchronized (to) {
      out.write(frame);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
