package dev.sluice.rocketmq.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import dev.sluice.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.compression.Compressor;
import org.apache.rocketmq.common.compression.CompressorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bodies as the official clients' own code compresses them, and such as nobody does in good faith.
 */
class CompressionTest {
  private static final int LIMIT = 2 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** At its highest ones Zstandard takes half a gigabyte and a second to compress anything. */
  private static List<Integer> levels(CompressionType type) {
    return switch (type) {
      case LZ4 -> List.of(5); // the official client does not pass it on
      case ZLIB -> IntStream.rangeClosed(0, 9).boxed().toList();
      case ZSTD -> List.of(-7, -1, 1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 19, 20, 21, 22);
    };
  }

  private static byte[] compress(CompressionType type, int level, byte[] content) {
    Compressor compressor = CompressorFactory.getCompressor(type);
    try {
      return compressor.compress(content, level);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MessageBody read(CompressionType type, byte[] raw, int budget) {
    return new StoredBodies(budget)
        .read(ByteBuffer.wrap(raw), SystemFlags.COMPRESSED | type.getCompressionFlag(), 0);
  }

  private static MessageBody.Problem problem(MessageBody body) {
    return ((MessageBody.Undecoded) body).problem();
  }

  @ParameterizedTest
  @EnumSource
  void eachLevelIsRead(CompressionType type) {
    Seeds.forAll(
        1,
        seeds -> {
          byte[] noise = seeds.bytesUpTo(5000);
          byte[] content = new byte[seeds.between(1, 50_000)];
          for (int i = 0; i < content.length; i++) {
            content[i] =
                (byte) (i % 100 < 80 ? i % 7 : noise.length == 0 ? 0 : noise[i % noise.length]);
          }
          for (int level : levels(type)) {
            assertThat(read(type, compress(type, level, content), LIMIT).require())
                .as("level " + level)
                .isEqualTo(ByteBuffer.wrap(content));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void contentThatJustFitsIsReadAndOneByteMoreIsNot(CompressionType type) {
    byte[] raw = compress(type, 5, new byte[LIMIT]);

    assertThat(read(type, raw, LIMIT).require()).isEqualTo(ByteBuffer.allocate(LIMIT));
    assertThat(problem(read(type, raw, LIMIT - 1))).isEqualTo(MessageBody.Problem.TOO_LARGE);
    assertThat(problem(read(type, raw, 0))).isEqualTo(MessageBody.Problem.TOO_LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatWouldBecomeHugeTakesLittleMemory(CompressionType type) {
    byte[] bomb = compress(type, 5, new byte[64 << 20]);
    read(type, bomb, LIMIT); // loads what is loaded once
    long before = THREADS.getCurrentThreadAllocatedBytes();

    MessageBody body = read(type, bomb, LIMIT);

    long took = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(problem(body)).isEqualTo(MessageBody.Problem.TOO_LARGE);
    // What grows is copied; LZ4 has two blocks besides; zstd needs the compressed bytes on the
    // heap.
    assertThat(took).isLessThan(2L * LIMIT + (8 << 20) + bomb.length + (1 << 20));
  }

  @ParameterizedTest
  @EnumSource
  void anythingThatIsCutIsCorrupt(CompressionType type) {
    byte[] raw = compress(type, 5, "some text, some more text".repeat(20).getBytes(UTF_8));

    for (int length = 1; length < raw.length; length++) {
      byte[] cut = Arrays.copyOf(raw, length);

      MessageBody body = read(type, cut, LIMIT);

      assertThat(body).as("cut to " + length).isInstanceOf(MessageBody.Undecoded.class);
      assertThat(problem(body)).isEqualTo(MessageBody.Problem.CORRUPT);
      assertThat(((MessageBody.Undecoded) body).raw()).isEqualTo(ByteBuffer.wrap(cut));
    }
  }

  @ParameterizedTest
  @EnumSource
  void noiseIsNeverAnException(CompressionType type) {
    byte[] good = compress(type, 5, "some text, some more text".repeat(20).getBytes(UTF_8));
    Seeds.forAll(
        500,
        seeds -> {
          byte[] raw = seeds.chance(30) ? seeds.bytesUpTo(200) : good.clone();
          for (int i = 0; i < 3 && raw.length > 0; i++) {
            raw[seeds.between(0, raw.length - 1)] = seeds.bytes(1)[0];
          }
          assertThatCode(() -> read(type, raw, LIMIT)).doesNotThrowAnyException();
        });
  }

  /** What a frame says of itself decides nothing by itself. */
  @Test
  void aZstdFrameThatLiesAboutItsSizeIsRefused() {
    byte[] frame = Zstd.compress(new byte[1000]);
    assertThat(Zstd.getFrameContentSize(frame)).isEqualTo(1000);

    // Two bytes of size, less 256, behind the magic number and the descriptor.
    for (int lie : new int[] {0, 1, 999, 1001, 65_791}) {
      byte[] lying = frame.clone();
      lying[5] = (byte) (lie - 256);
      lying[6] = (byte) ((lie - 256) >> 8);
      assertThat(problem(read(CompressionType.ZSTD, lying, LIMIT)))
          .as("says " + Zstd.getFrameContentSize(lying))
          .isIn(MessageBody.Problem.CORRUPT, MessageBody.Problem.TOO_LARGE);
    }
    byte[] endless = {
      0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, (byte) 0xE0, -1, -1, -1, -1, -1, -1, -1, 0x7F, 1, 0, 0
    };
    assertThat(problem(read(CompressionType.ZSTD, endless, LIMIT)))
        .isEqualTo(MessageBody.Problem.TOO_LARGE);
  }

  @Test
  void manySmallFramesAreOneBody() {
    byte[] frame = Zstd.compress(new byte[50_000]);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    IntStream.range(0, 100).forEach(i -> many.writeBytes(frame));

    assertThat(read(CompressionType.ZSTD, many.toByteArray(), 5_000_000).require().remaining())
        .isEqualTo(5_000_000);
    assertThat(problem(read(CompressionType.ZSTD, many.toByteArray(), LIMIT)))
        .isEqualTo(MessageBody.Problem.TOO_LARGE);
  }

  @Test
  void lz4FramesWithEachOptionAreRead() throws IOException {
    byte[] content = "0123456789".repeat(50_000).getBytes(UTF_8);
    List<byte[]> frames = new ArrayList<>();
    for (var size : LZ4FrameOutputStream.BLOCKSIZE.values()) {
      frames.add(
          lz4(
              content,
              size,
              LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE,
              LZ4FrameOutputStream.FLG.Bits.BLOCK_CHECKSUM,
              LZ4FrameOutputStream.FLG.Bits.CONTENT_CHECKSUM));
    }
    for (byte[] frame : frames) {
      assertThat(read(CompressionType.LZ4, frame, LIMIT).require())
          .isEqualTo(ByteBuffer.wrap(content));
      byte[] broken = frame.clone();
      broken[broken.length - 1]++;
      assertThat(problem(read(CompressionType.LZ4, broken, LIMIT)))
          .isEqualTo(MessageBody.Problem.CORRUPT);
    }
  }

  private static byte[] lz4(
      byte[] content, LZ4FrameOutputStream.BLOCKSIZE size, LZ4FrameOutputStream.FLG.Bits... options)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var frame = new LZ4FrameOutputStream(out, size, options)) {
      frame.write(content);
    }
    return out.toByteArray();
  }
}
