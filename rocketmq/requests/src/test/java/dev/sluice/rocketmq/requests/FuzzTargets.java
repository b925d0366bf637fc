package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for any bytes whatsoever: they are read or refused by a {@link WireException}, and
 * nothing else. What was read can be written, and is then read as the same.
 */
final class FuzzTargets {
  static final FrameLimits LIMITS = new FrameLimits(1 << 20, 1 << 16, 256);
  static final int LARGEST_HEADER = 0xFFFFFF;
  static final int MAX_INFLATED = 1 << 20;

  private static final PopLiteMessage POP_LITE =
      new PopLiteMessage("b", "g", "t", "c", 32, 30_000, 0, null);

  private FuzzTargets() {}

  static void frames(byte[] data) {
    FrameDecoder decoder = new FrameDecoder(LIMITS);
    ByteBuf in = Unpooled.wrappedBuffer(data);
    try {
      for (RemotingCommand next = decoder.decode(in); next != null; next = decoder.decode(in)) {
        rewrite(next);
      }
    } catch (WireException expected) {
      assertThat(expected).hasMessageNotContaining("\n");
    }
  }

  private static void rewrite(RemotingCommand command) {
    if (hasLoneSurrogate(command)) {
      return;
    }
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(HeaderForm.JSON).encode(command, out);
    // The limits are for what comes from elsewhere; escapes make the text longer than it was.
    RemotingCommand again = new FrameDecoder(FrameLimits.defaults()).decode(out);
    assertThat(again).isEqualTo(command);
  }

  /** JSON can name half a character by its number; no encoder can write one in UTF-8. */
  private static boolean hasLoneSurrogate(RemotingCommand command) {
    StringBuilder all = new StringBuilder().append(command.remark());
    for (int i = 0; i < command.fields().size(); i++) {
      all.append(' ').append(command.fields().name(i));
      all.append(' ').append(command.fields().value(i));
    }
    return all.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  static void jsonHeader(byte[] data) {
    frames(frame(HeaderForm.JSON, data));
  }

  static void binaryHeader(byte[] data) {
    frames(frame(HeaderForm.BINARY, data));
  }

  private static byte[] frame(HeaderForm form, byte[] header) {
    if (header.length > LARGEST_HEADER) {
      return header;
    }
    return ByteBuffer.allocate(8 + header.length)
        .putInt(4 + header.length)
        .putInt(form.number() << 24 | header.length)
        .put(header)
        .array();
  }

  static void storedMessages(byte[] data) {
    ByteBuffer in = ByteBuffer.wrap(data);
    List<StoredMessage> messages;
    try {
      messages = StoredMessages.decode(in, MAX_INFLATED);
    } catch (WireException expected) {
      return;
    }
    assertThat(in.position()).isZero();
    long inflated = 0;
    for (StoredMessage message : messages) {
      assertThat(message.messageId()).isNotEmpty();
      inflated +=
          switch (message.body()) {
            case MessageBody.Decoded decoded ->
                (message.systemFlags() & SystemFlags.COMPRESSED) == 0
                    ? 0
                    : decoded.bytes().remaining();
            case MessageBody.Undecoded undecoded -> undecoded.raw().remaining() >= 0 ? 0 : -1;
          };
    }
    assertThat(inflated).isBetween(0L, (long) MAX_INFLATED);
  }

  /** The first byte is the kind of compression, the others are the body. */
  static void bodies(byte[] data) {
    if (data.length == 0) {
      return;
    }
    ByteBuffer raw = ByteBuffer.wrap(data, 1, data.length - 1).slice();
    int flags = SystemFlags.COMPRESSED | (data[0] << 8 & SystemFlags.COMPRESSION_MASK);
    MessageBody body = new StoredBodies(MAX_INFLATED).read(raw, flags, 0);
    assertThat(raw.remaining()).isEqualTo(data.length - 1);
    switch (body) {
      case MessageBody.Decoded decoded ->
          assertThat(decoded.bytes().remaining()).isLessThanOrEqualTo(MAX_INFLATED);
      case MessageBody.Undecoded undecoded -> {
        assertThat(undecoded.raw()).isEqualTo(raw);
        assertThat(undecoded.detail()).isNotEmpty();
      }
    }
  }

  static void popAnswer(byte[] data) {
    RemotingCommand answer = command(data);
    if (answer == null) {
      return;
    }
    pullAnswer(answer);
    AnsweredRequests.readAll(answer);
    popLiteAnswer(answer);
    try {
      PopReply reply = AnsweredRequests.POP.read(answer);
      for (PoppedMessage popped : reply.messages()) {
        PopHandle handle = popped.handle();
        assertThat(PopHandle.parse(handle.encode())).isEqualTo(handle);
        assertThat(handle.queueOffset()).isEqualTo(popped.message().queueOffset());
        assertThat(popped.deliveryAttempt()).isPositive();
      }
    } catch (WireException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }

  private static void popLiteAnswer(RemotingCommand answer) {
    try {
      for (PoppedMessage popped : POP_LITE.read(answer).messages()) {
        assertThat(PopHandle.parse(popped.handle().encode())).isEqualTo(popped.handle());
        assertThat(popped.deliveryAttempt()).isPositive();
      }
    } catch (WireException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }

  private static void pullAnswer(RemotingCommand answer) {
    try {
      PullReply reply = PullMessage.of("g", "t", 0, 0, 32).read(answer);
      assertThat(reply.messages().isEmpty() || reply.status() == PullReply.Status.FOUND).isTrue();
    } catch (WireException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }

  private static @Nullable RemotingCommand command(byte[] data) {
    try {
      return new FrameDecoder(LIMITS).decode(Unpooled.wrappedBuffer(data));
    } catch (WireException expected) {
      return null;
    }
  }

  static void routeData(byte[] data) {
    RemotingCommand answer =
        RemotingCommand.response(0, 1, null, Fields.empty(), ByteBuffer.wrap(data));
    AnsweredRequests.readAll(answer);
  }

  /** What stands for something in a text, as callers give it back. */
  static void handles(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    try {
      PopHandle handle = PopHandle.parse(text);
      assertThat(PopHandle.parse(handle.encode())).isEqualTo(handle);
    } catch (WireException expected) {
      assertThat(expected).hasMessageNotContaining("\n");
    }
    try {
      assertThat(RecallHandle.parse(text).messageId()).isNotNull();
    } catch (WireException expected) {
      assertThat(expected).hasMessageNotContaining("\n");
    }
  }
}
