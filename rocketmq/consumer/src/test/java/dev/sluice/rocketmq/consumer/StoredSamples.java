package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.requests.MessageBody;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;

/** Messages that no broker has stored. */
final class StoredSamples {
  private StoredSamples() {}

  static ReceivedMessage at(long offset, int bytes) {
    InetSocketAddress host = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    StoredMessage stored =
        new StoredMessage(
            "t",
            0,
            offset,
            offset,
            0,
            0,
            0,
            host,
            0,
            host,
            0,
            0,
            0,
            Map.of(),
            new MessageBody.Decoded(ByteBuffer.allocate(bytes).asReadOnlyBuffer()));
    return ReceivedMessage.of(stored, "t", "b", 1);
  }
}
