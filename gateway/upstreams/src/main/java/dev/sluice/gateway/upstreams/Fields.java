package dev.sluice.gateway.upstreams;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Numbers and texts one after the other, behind a version byte: what is sealed. */
public final class Fields {

  private Fields() {}

  /** Reads all of the bytes; empty where they have another version or another form. */
  public static <T> Optional<T> read(byte[] bytes, byte version, Function<Reader, T> reading) {
    var in = new Reader(ByteBuffer.wrap(bytes));
    try {
      if (in.buffer.get() != version) {
        return Optional.empty();
      }
      T value = reading.apply(in);
      return in.buffer.hasRemaining() ? Optional.empty() : Optional.of(value);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Appends fields. */
  public static final class Writer {
    private byte[] bytes = new byte[256];
    private int size;

    /** Begins with the version. */
    public Writer(byte version) {
      bytes[size++] = version;
    }

    /** Appends eight bytes. */
    public Writer number(long value) {
      need(Long.BYTES);
      ByteBuffer.wrap(bytes).putLong(size, value);
      size += Long.BYTES;
      return this;
    }

    /**
     * Appends a text.
     *
     * @param value of at most 65,535 bytes in UTF-8
     */
    public Writer text(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      if (utf8.length > Character.MAX_VALUE) {
        throw new IllegalArgumentException(
            "text: " + utf8.length + " bytes (expected: at most 65535)");
      }
      need(2 + utf8.length);
      bytes[size++] = (byte) (utf8.length >>> 8);
      bytes[size++] = (byte) utf8.length;
      System.arraycopy(utf8, 0, bytes, size, utf8.length);
      size += utf8.length;
      return this;
    }

    private void need(int more) {
      if (size + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
      }
    }

    /** All that was appended. */
    public byte[] bytes() {
      return Arrays.copyOf(bytes, size);
    }
  }

  /** Takes fields in the order in which they were appended. */
  public static final class Reader {
    private final ByteBuffer buffer;

    private Reader(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    /** Takes a number. */
    public long number() {
      return buffer.getLong();
    }

    /** Takes a text. */
    public String text() {
      byte[] utf8 = new byte[buffer.getChar()];
      buffer.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }
  }
}
