package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.WireException;
import dev.sluice.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredMessagesTest {
  private static final int SIZE_INDEX = 0;
  private static final int MAGIC_INDEX = 4;
  private static final int BORN_PORT_INDEX = 52;
  private static final int BODY_LENGTH_INDEX = 84;

  private static byte[] zlib(byte[] content) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static MessageBody body(StoredBytes message) {
    return StoredMessages.decode(StoredBytes.all(message)).getFirst().body();
  }

  @Test
  void messagesOneBehindTheOtherAreRead() {
    Seeds.forAll(
        100,
        seeds -> {
          StoredBytes[] written = new StoredBytes[seeds.between(0, 8)];
          Arrays.setAll(
              written,
              i -> {
                byte[] content = seeds.bytesUpTo(3000);
                StoredBytes message =
                    StoredBytes.message()
                        .topic(seeds.word(300))
                        .at(seeds.anyInt(), seeds.anyLong())
                        .reconsumed(seeds.anyInt())
                        .property(seeds.word(5), seeds.word(50))
                        .body(content, 0)
                        .crc(StoredBodies.crc(ByteBuffer.wrap(content)));
                if (seeds.chance(50)) {
                  message.bornHost = new InetSocketAddress("2001:db8::1", 65_535);
                }
                return message;
              });

          List<StoredMessage> read = StoredMessages.decode(StoredBytes.all(written));

          assertThat(read).hasSize(written.length);
          for (int i = 0; i < written.length; i++) {
            assertThat(read.get(i).topic()).isEqualTo(written[i].topic);
            assertThat(read.get(i).queueId()).isEqualTo(written[i].queueId);
            assertThat(read.get(i).queueOffset()).isEqualTo(written[i].queueOffset);
            assertThat(read.get(i).reconsumeTimes()).isEqualTo(written[i].reconsumeTimes);
            assertThat(read.get(i).properties()).isEqualTo(written[i].properties);
            assertThat(read.get(i).bornHost()).isEqualTo(written[i].bornHost);
            assertThat(read.get(i).storeHost()).isEqualTo(written[i].storeHost);
            assertThat(bytes(read.get(i).body().require())).isEqualTo(written[i].body);
          }
        });
  }

  @Test
  void bodiesCannotBeWrittenTo() {
    MessageBody body = body(StoredBytes.message());

    assertThat(body.require().isReadOnly()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void zlibBodiesAreInflated(int compressionType) throws Exception {
    byte[] content = "abcabc".repeat(1000).getBytes(StandardCharsets.UTF_8);

    MessageBody body = body(StoredBytes.message().body(zlib(content), 1 | compressionType << 8));

    assertThat(bytes(body.require())).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7})
  void unknownCompressionsKeepTheRawBody(int compressionType) {
    byte[] raw = {1, 2, 3, 4};

    MessageBody body = body(StoredBytes.message().body(raw, 1 | compressionType << 8));

    String detail = "compression type " + compressionType + " (expected: 0 to 3)";
    assertThat(body)
        .isEqualTo(
            new MessageBody.Undecoded(
                MessageBody.Problem.UNSUPPORTED_COMPRESSION, detail, ByteBuffer.wrap(raw)));
    assertThatThrownBy(body::require)
        .hasMessage("message body: UNSUPPORTED_COMPRESSION: " + detail);
  }

  @Test
  void allBodiesOfOneAnswerShareTheLimit() throws Exception {
    byte[] compressed = zlib(new byte[600]);
    StoredBytes message = StoredBytes.message().body(compressed, SystemFlags.COMPRESSED);

    List<StoredMessage> messages =
        StoredMessages.decode(StoredBytes.all(message, message, message), 1200);

    assertThat(messages.get(0).body()).isInstanceOf(MessageBody.Decoded.class);
    assertThat(messages.get(1).body()).isInstanceOf(MessageBody.Decoded.class);
    assertThat(messages.get(2).body())
        .isEqualTo(
            new MessageBody.Undecoded(
                MessageBody.Problem.TOO_LARGE,
                "more than 0 bytes decompressed (expected: at most 1200 for the bodies of one"
                    + " answer)",
                ByteBuffer.wrap(compressed)));
  }

  @Test
  void aBombStaysAsItIs() throws Exception {
    byte[] bomb = zlib(new byte[32 << 20]);

    MessageBody body =
        StoredMessages.decode(
                StoredBytes.all(StoredBytes.message().body(bomb, SystemFlags.COMPRESSED)), 1 << 20)
            .getFirst()
            .body();

    assertThat(body)
        .isInstanceOfSatisfying(
            MessageBody.Undecoded.class,
            undecoded -> {
              assertThat(undecoded.problem()).isEqualTo(MessageBody.Problem.TOO_LARGE);
              assertThat(bytes(undecoded.raw())).isEqualTo(bomb);
            });
  }

  @Test
  void corruptBodiesKeepTheRawBytes() throws Exception {
    byte[] cut = Arrays.copyOf(zlib(new byte[100]), 8);

    assertThat(body(StoredBytes.message().body(cut, SystemFlags.COMPRESSED)))
        .isInstanceOfSatisfying(
            MessageBody.Undecoded.class,
            undecoded -> assertThat(undecoded.problem()).isEqualTo(MessageBody.Problem.CORRUPT));
    assertThat(body(StoredBytes.message().body(new byte[] {9, 9, 9}, SystemFlags.COMPRESSED)))
        .isInstanceOf(MessageBody.Undecoded.class);
    assertThat(body(StoredBytes.message().crc(1)))
        .isInstanceOfSatisfying(
            MessageBody.Undecoded.class,
            undecoded -> {
              assertThat(undecoded.detail()).endsWith("(expected: 1)");
              assertThat(bytes(undecoded.raw())).isEqualTo("body".getBytes(StandardCharsets.UTF_8));
            });
  }

  @Test
  void aSizeOutOfRangeIsRefused() {
    for (int size : new int[] {Integer.MIN_VALUE, -1, 0, 90, 1000, Integer.MAX_VALUE}) {
      ByteBuffer broken = StoredBytes.all(StoredBytes.message());
      broken.putInt(SIZE_INDEX, size);

      assertThatThrownBy(() -> StoredMessages.decode(broken))
          .isInstanceOf(WireException.class)
          .hasMessageStartingWith("size of message 0: " + size + " (expected: 91 to the ");
    }
    assertThatThrownBy(() -> StoredMessages.decode(ByteBuffer.allocate(3)))
        .hasMessage("size of message 0: 3 (expected: 91 to the 3 bytes left)");
  }

  @Test
  void aLengthInsideThatLeadsOutsideIsRefused() {
    for (int length : new int[] {Integer.MIN_VALUE, -1, 1000, Integer.MAX_VALUE}) {
      ByteBuffer broken = StoredBytes.all(StoredBytes.message());
      broken.putInt(BODY_LENGTH_INDEX, length);

      assertThatThrownBy(() -> StoredMessages.decode(broken))
          .isInstanceOf(WireException.class)
          .hasMessageStartingWith("message 0: a length inside leads beyond its ");
    }
  }

  @Test
  void foreignMagicNumbersAndPortsAreRefused() {
    ByteBuffer magic = StoredBytes.all(StoredBytes.message());
    magic.putInt(MAGIC_INDEX, 0xCBD43194);
    assertThatThrownBy(() -> StoredMessages.decode(magic))
        .hasMessage("magic of a message: cbd43194 (expected: daa320a7 or daa320ab)");

    ByteBuffer port = StoredBytes.all(StoredBytes.message());
    port.putInt(BORN_PORT_INDEX, 70_000);
    assertThatThrownBy(() -> StoredMessages.decode(port))
        .hasMessage("port of a message: 70000 (expected: 0 to 65535)");
  }

  @Test
  void theIdIsTheSendersOrElseTheBrokers() {
    StoredMessage without =
        StoredMessages.decode(StoredBytes.all(StoredBytes.message())).getFirst();
    StoredMessage with =
        StoredMessages.decode(StoredBytes.all(StoredBytes.message().property("UNIQ_KEY", "01AB")))
            .getFirst();

    assertThat(without.messageId()).isEqualTo("0A04050600002A9F0000000000001000");
    assertThat(with.messageId()).isEqualTo("01AB");
    assertThatThrownBy(() -> OffsetMessageId.commitLogOffset("0A04"))
        .hasMessage("offset message id: \"0A04\" (expected: 32 or 56 hexadecimal characters)");
  }
}
