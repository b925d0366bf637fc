package dev.sluice.gateway.backend.rocketmq;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A name server and broker on one port that know nothing but who they are: for versions that no
 * engine here runs.
 */
final class ScriptedCluster implements AutoCloseable {
  private final ServerSocket listening;
  private final String version;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Integer> hangingUp = ConcurrentHashMap.newKeySet();
  private final List<Integer> received = new CopyOnWriteArrayList<>();

  private volatile @Nullable ScriptedCluster other;

  private ScriptedCluster(ServerSocket listening, String version) {
    this.listening = listening;
    this.version = version;
  }

  /** Starts one whose broker says that it is of this version, e.g. {@code V4_9_7}. */
  static ScriptedCluster start(String version) throws IOException {
    ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    ScriptedCluster cluster = new ScriptedCluster(listening, version);
    Thread.ofVirtual().start(cluster::accept);
    return cluster;
  }

  /** Has this one's name server know the other's broker too. */
  void knows(ScriptedCluster other) {
    this.other = other;
  }

  /** Ends the connection instead of answering requests with this code. */
  void hangUpOn(int code) {
    hangingUp.add(code);
  }

  /** How many requests with this code have come. */
  long received(int code) {
    return received.stream().filter(each -> each == code).count();
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: there is nobody to serve any more.
    }
  }

  private void serve(Socket socket) {
    FrameDecoder decoder = new FrameDecoder(new FrameLimits(1 << 20, 1 << 16, 100));
    FrameEncoder encoder = new FrameEncoder(HeaderForm.JSON);
    ByteBuf in = Unpooled.buffer();
    try (socket) {
      byte[] chunk = new byte[4096];
      for (int count = socket.getInputStream().read(chunk);
          count >= 0;
          count = socket.getInputStream().read(chunk)) {
        in.writeBytes(chunk, 0, count);
        for (RemotingCommand request = decoder.decode(in);
            request != null;
            request = decoder.decode(in)) {
          received.add(request.code());
          if (hangingUp.contains(request.code())) {
            return;
          }
          ByteBuf out = Unpooled.buffer();
          encoder.encode(answer(request), out);
          socket.getOutputStream().write(out.array(), 0, out.readableBytes());
        }
      }
    } catch (IOException e) {
      // The client went, or the test ended.
    } finally {
      in.release();
      open.remove(socket);
    }
  }

  private String brokers() {
    ScriptedCluster second = other;
    String first = broker("old-broker", address());
    return second == null ? first : first + "," + broker("other-broker", second.address());
  }

  private static String broker(String name, String address) {
    return """
    "%s":{"brokerAddrs":{0:"%s"},"brokerName":"%s","cluster":"c"}\
    """
        .formatted(name, address, name);
  }

  private RemotingCommand answer(RemotingCommand request) {
    String body =
        switch (request.code()) {
          case RequestCode.GET_BROKER_CLUSTER_INFO ->
              """
              {"brokerAddrTable":{%s},"clusterAddrTable":{"c":["old-broker"]}}\
              """
                  .formatted(brokers());
          case RequestCode.GET_BROKER_RUNTIME_INFO ->
              "{\"table\":{\"brokerVersionDesc\":\"" + version + "\"}}";
          case RequestCode.GET_ROUTEINFO_BY_TOPIC ->
              """
              {"brokerDatas":[{"brokerAddrs":{0:"%s"},"brokerName":"old-broker","cluster":"c"}],\
              "queueDatas":[{"brokerName":"old-broker","perm":6,"readQueueNums":1,\
              "topicSysFlag":0,"writeQueueNums":1}]}\
              """
                  .formatted(address());
          default -> "";
        };
    return RemotingCommand.response(
        body.isEmpty() ? ResponseCode.REQUEST_CODE_NOT_SUPPORTED : ResponseCode.SUCCESS,
        request.opaque(),
        null,
        Fields.empty(),
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
