package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into commands.
 *
 * <p>Lengths are judged as soon as they are there, before the bytes that they announce; nothing is
 * allocated for a frame that has not fully arrived. A command holds no reference to the input: its
 * body is copied once, into a heap array of its own, which the messages decoded from it share.
 *
 * <p>After an exception the place in the stream is lost: every later call throws too, and the
 * connection must be closed. One decoder belongs to one connection; calls must not overlap.
 */
public final class FrameDecoder {
  private static final int PREFIX = 8;
  private static final int KEPT_SCRATCH = 16 << 10;

  private final FrameLimits limits;
  private byte[] scratch = new byte[1024];
  private @Nullable WireException broken;

  /** A decoder at the start of a stream. */
  public FrameDecoder(FrameLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes the next command out of the input.
   *
   * @param in the bytes that have arrived and were not consumed; its reader index moves behind the
   *     command, and stays where it is when there is no whole one. Its content must not change
   *     between calls other than by bytes added at the end.
   * @return the command, or null when more bytes are needed
   * @throws WireException when the stream is not what it should be
   */
  public @Nullable RemotingCommand decode(ByteBuf in) {
    if (broken != null) {
      throw WireException.malformed("stream already broken: " + broken.getMessage(), broken);
    }
    try {
      return next(in);
    } catch (WireException e) {
      broken = e;
      throw e;
    }
  }

  private @Nullable RemotingCommand next(ByteBuf in) {
    int available = in.readableBytes();
    if (available < 4) {
      return null;
    }
    int start = in.readerIndex();
    int frameLength = in.getInt(start);
    if (frameLength < 4) {
      throw WireException.malformed("frame length: " + frameLength + " (expected: at least 4)");
    }
    if (frameLength > limits.maxFrameBytes()) {
      throw WireException.limit(
          "frame length: " + frameLength + " (expected: at most " + limits.maxFrameBytes() + ")");
    }
    if (available < PREFIX) {
      return null;
    }
    int typeAndLength = in.getInt(start + 4);
    int type = typeAndLength >>> 24;
    int headerLength = typeAndLength & FrameLimits.LARGEST_HEADER;
    if (type > HeaderForm.BINARY.number()) {
      throw WireException.malformed(
          "header form: " + type + " (expected: 0 for JSON or 1 for binary)");
    }
    if (headerLength > frameLength - 4) {
      throw WireException.malformed(
          "header length: "
              + headerLength
              + " (expected: at most the frame's "
              + (frameLength - 4)
              + ")");
    }
    if (headerLength > limits.maxHeaderBytes()) {
      throw WireException.limit(
          "header length: "
              + headerLength
              + " (expected: at most "
              + limits.maxHeaderBytes()
              + ")");
    }
    if (available - 4 < frameLength) {
      return null;
    }
    ByteBuffer body = body(in, start + PREFIX + headerLength, frameLength - 4 - headerLength);
    in.skipBytes(PREFIX);
    RemotingCommand command =
        type == HeaderForm.BINARY.number()
            ? BinaryHeader.read(in, headerLength, body, limits.maxFields())
            : json(in, headerLength, body);
    in.readerIndex(start + 4 + frameLength);
    return command;
  }

  private static ByteBuffer body(ByteBuf in, int index, int length) {
    if (length == 0) {
      return RemotingCommand.NO_BODY;
    }
    byte[] bytes = new byte[length];
    in.getBytes(index, bytes);
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  private RemotingCommand json(ByteBuf in, int length, ByteBuffer body) {
    if (in.hasArray()) {
      return JsonHeader.read(
          in.array(), in.arrayOffset() + in.readerIndex(), length, body, limits.maxFields());
    }
    byte[] bytes = length <= scratch.length ? scratch : grow(length);
    in.getBytes(in.readerIndex(), bytes, 0, length);
    return JsonHeader.read(bytes, 0, length, body, limits.maxFields());
  }

  private byte[] grow(int length) {
    if (length > KEPT_SCRATCH) {
      return new byte[length];
    }
    scratch = Arrays.copyOf(scratch, KEPT_SCRATCH);
    return scratch;
  }
}
