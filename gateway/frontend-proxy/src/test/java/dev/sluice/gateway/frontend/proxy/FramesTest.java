package dev.sluice.gateway.frontend.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a deployed SDK reads of a delivery. */
class FramesTest {

  private static final byte[] NOT_TEXT = {1, (byte) 0xff, 2};

  @Test
  void textIsInTheBodyWithAllThatBelongsToIt() throws Exception {
    // when
    Message message =
        received(
            new Delivery(
                "orders",
                "id-1",
                ByteBuffer.wrap("grüße".getBytes(UTF_8)).asReadOnlyBuffer(),
                BodyEncoding.IDENTITY,
                "created",
                List.of("k1", "k2"),
                "customer-7",
                Map.of("mine", "yes"),
                1_700_000_000_123L,
                "",
                0,
                "",
                new QueueId("n", 0),
                0,
                3,
                "backend's own",
                0));

    // then
    assertThat(message.getMessageId()).isEqualTo("id-1");
    assertThat(message.getReceiptHandle()).isEqualTo("sealed");
    assertThat(message.getMessageBody()).isEqualTo("grüße");
    assertThat(message.getRawBody().isEmpty()).isTrue();
    assertThat(message.getTag()).isEqualTo("created");
    assertThat(message.getPropertiesMap())
        .isEqualTo(Map.of("mine", "yes", "KEYS", "k1 k2", "__SHARDINGKEY", "customer-7"));
    assertThat(message.getBornTimestamp()).isEqualTo(1_700_000_000_123L);
    assertThat(message.getReconsumeTimes()).isEqualTo(2);
  }

  @Test
  void whatIsAbsentIsEmpty() throws Exception {
    Message message = received(delivery("x".getBytes(UTF_8), BodyEncoding.IDENTITY));

    assertThat(message.getTag()).isEmpty();
    assertThat(message.getPropertiesMap()).isEmpty();
    assertThat(message.getReconsumeTimes()).isZero();
    assertThat(message.getContentEncoding()).isEmpty();
  }

  @Test
  void aBodyThatIsNoTextIsNotCorruptedButInTheRawBody() throws Exception {
    Message message = received(delivery(NOT_TEXT, BodyEncoding.IDENTITY));

    assertThat(message.getMessageBody()).isEmpty();
    assertThat(message.getRawBody().toByteArray()).isEqualTo(NOT_TEXT);
  }

  @Test
  void gzipAndZlibBodiesAreExpanded() throws Exception {
    byte[] text = "many ".repeat(1000).getBytes(UTF_8);

    assertThat(received(delivery(gzip(text), BodyEncoding.GZIP)).getMessageBody())
        .isEqualTo("many ".repeat(1000));
    assertThat(received(delivery(zlib(text), BodyEncoding.GZIP)).getMessageBody())
        .isEqualTo("many ".repeat(1000));
    assertThat(received(delivery(gzip(NOT_TEXT), BodyEncoding.GZIP)).getRawBody().toByteArray())
        .isEqualTo(NOT_TEXT);
  }

  @Test
  void aBodyThatWouldExpandBeyondTheLimitStaysCompressedAndSaysSo() throws Exception {
    byte[] atLimit = gzip(new byte[ProxyFrontend.MAX_BODY_BYTES]);
    byte[] above = zlib(new byte[ProxyFrontend.MAX_BODY_BYTES + 1]);

    assertThat(received(delivery(atLimit, BodyEncoding.GZIP)).getMessageBody())
        .hasSize(ProxyFrontend.MAX_BODY_BYTES);
    Message message = received(delivery(above, BodyEncoding.GZIP));
    assertThat(message.getRawBody().toByteArray()).isEqualTo(above);
    assertThat(message.getContentEncoding()).isEqualTo("deflate");
    assertThat(message.getMessageBody()).isEmpty();
  }

  @Test
  void aBrokenCompressedBodyIsDeliveredAsItIs() throws Exception {
    byte[] broken = gzip("text".getBytes(UTF_8));
    broken[broken.length - 5] ^= 1;

    Message message = received(delivery(broken, BodyEncoding.GZIP));

    assertThat(message.getRawBody().toByteArray()).isEqualTo(broken);
    assertThat(message.getContentEncoding()).isEqualTo("gzip");
  }

  @Test
  void aCompressedBodyThatNeedsADictionaryIsDeliveredAsItIs() throws Exception {
    // given a header of RFC 1950 with FDICT set
    byte[] body = {0x78, (byte) 0xbb, 1, 2, 3, 4, 5, 6};

    Message message = received(delivery(body, BodyEncoding.GZIP));

    assertThat(message.getRawBody().toByteArray()).isEqualTo(body);
    assertThat(message.getContentEncoding()).isEqualTo("deflate");
  }

  @Test
  void noBodyHoweverBrokenIsLost() {
    Seeds.forAll(
        500,
        seeds -> {
          // given compressed text with a few bytes overwritten, or any bytes
          byte[] text = seeds.stringUpTo(2000).getBytes(UTF_8);
          byte[] body = seeds.chance(50) ? gzip(text) : zlib(text);
          for (int i = seeds.between(1, 4); i > 0; i--) {
            body[seeds.between(0, body.length - 1)] = (byte) seeds.anyInt();
          }
          if (seeds.chance(20)) {
            body = seeds.bytesUpTo(200);
          }

          // when
          Message message = received(delivery(body, BodyEncoding.GZIP));

          // then it is text, or bytes, or still what came
          if (!message.getContentEncoding().isEmpty()) {
            assertThat(message.getRawBody().toByteArray()).isEqualTo(body);
            assertThat(message.getMessageBody()).isEmpty();
          } else {
            assertThat(message.getMessageBody().isEmpty() || message.getRawBody().isEmpty())
                .isTrue();
          }
        });
  }

  @Test
  void makingAFrameLeavesTheBodyUnread() {
    Delivery delivery = delivery("text".getBytes(UTF_8), BodyEncoding.IDENTITY);

    Frames.of(new SealedDelivery(delivery, "sealed"));

    assertThat(delivery.body().remaining()).isEqualTo(4);
  }

  private static Message received(Delivery delivery) throws InvalidProtocolBufferException {
    return Message.parseFrom(Frames.of(new SealedDelivery(delivery, "sealed")).toByteArray());
  }

  private static Delivery delivery(byte[] body, BodyEncoding encoding) {
    @Nullable String none = null;
    return new Delivery(
        "t",
        "id",
        ByteBuffer.wrap(body).asReadOnlyBuffer(),
        encoding,
        none,
        List.of(),
        none,
        Map.of(),
        0,
        "",
        0,
        "",
        new QueueId("n", 0),
        0,
        1,
        "",
        0);
  }

  private static byte[] gzip(byte[] body) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  private static byte[] zlib(byte[] body) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }
}
