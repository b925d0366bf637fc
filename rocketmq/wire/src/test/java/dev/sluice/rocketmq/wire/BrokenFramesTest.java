package dev.sluice.rocketmq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that is not what it should be is refused at once, and says why. */
class BrokenFramesTest {
  private static final FrameLimits LIMITS = new FrameLimits(1000, 500, 3);

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }

  private static ByteBuf json(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeInt(4 + bytes.length).writeInt(bytes.length).writeBytes(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffff, MALFORMED, frame length: -1 (expected: at least 4)",
    "00000003, MALFORMED, frame length: 3 (expected: at least 4)",
    "7fffffff, LIMIT, frame length: 2147483647 (expected: at most 1000)",
    "000003e9, LIMIT, frame length: 1001 (expected: at most 1000)",
    "0000000802000000, MALFORMED, header form: 2 (expected: 0 for JSON or 1 for binary)",
    "00000008ff000000, MALFORMED, header form: 255 (expected: 0 for JSON or 1 for binary)",
    "0000000800000005, MALFORMED, header length: 5 (expected: at most the frame's 4)",
    "000003e8000001f5, LIMIT, header length: 501 (expected: at most 500)",
    "474554202f20, LIMIT, frame length: 1195725856 (expected: at most 1000)",
  })
  void lengthsAreJudgedBeforeTheirBytesArrive(
      String hex, WireException.Reason reason, String text) {
    FrameDecoder decoder = new FrameDecoder(LIMITS);

    assertThatThrownBy(() -> decoder.decode(hex(hex)))
        .isInstanceOfSatisfying(WireException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "000000", "00000010", "0000001000", "000000100000000c7b22"})
  void moreBytesAreWaitedFor(String hex) {
    ByteBuf in = hex(hex);

    assertThat(new FrameDecoder(LIMITS).decode(in)).isNull();
    assertThat(in.readerIndex()).isZero();
  }

  @Test
  void afterAFaultEveryCallFails() {
    FrameDecoder decoder = new FrameDecoder(LIMITS);
    assertThatThrownBy(() -> decoder.decode(hex("00000000"))).isInstanceOf(WireException.class);
    ByteBuf sound = Unpooled.buffer();
    new FrameEncoder(HeaderForm.JSON).encode(SampleRequest.route("t"), 1, false, sound);

    assertThatThrownBy(() -> decoder.decode(sound))
        .hasMessage("stream already broken: frame length: 0 (expected: at least 4)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "}",
        "{\"code\":1",
        "{\"code\":1,}",
        "{\"code\":1}",
        "{\"opaque\":1}",
        "{\"code\":1,\"opaque\":1} x",
        "{\"code\":1,\"opaque\":1}{}",
        "{\"code\":\"x\",\"opaque\":1}",
        "{\"code\":[],\"opaque\":1}",
        "{\"code\":1,\"opaque\":4294967296}",
        "{\"code\":1,\"opaque\":1e99}",
        "{\"code\":1,\"opaque\":99999999999999999999999}",
        "{\"code\":1,\"opaque\":1,\"extFields\":[]}",
        "{\"code\":1,\"opaque\":1,\"extFields\":\"\"}",
        "{\"code\":1,\"opaque\":1,\"extFields\":{\"a\":{}}}",
        "{\"code\":1,\"opaque\":1,\"extFields\":{\"a\":[]}}",
        "{\"code\":1,\"opaque\":1,\"remark\":{}}",
        "{\"code\":1,\"opaque\":1,\"language\":{}}",
        "{\"code\":1,\"opaque\":1,\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
      })
  void brokenJsonHeaders(String header) {
    assertThatThrownBy(() -> new FrameDecoder(LIMITS).decode(json(header)))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.MALFORMED));
  }

  @Test
  void tooManyFieldsInEitherForm() {
    RemotingCommand command =
        RemotingCommand.request(1, 1, Fields.of("a", "", "b", "", "c", "", "d", ""));
    for (HeaderForm form : HeaderForm.values()) {
      ByteBuf in = Unpooled.buffer();
      new FrameEncoder(form).encode(command, in);

      assertThatThrownBy(() -> new FrameDecoder(LIMITS).decode(in))
          .isInstanceOfSatisfying(
              WireException.class,
              e -> assertThat(e.reason()).isEqualTo(WireException.Reason.LIMIT))
          .hasMessage("header fields: more than 3");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', fixed part: 13 bytes (expected: at most the 0 left of the header)",
    "0001000201000000010000000000, remark: 4 bytes (expected: at most the 1 left of the header)",
    "00010002010000000100000000ffffffff, remark: length -1 (expected: at least 0)",
    "000100020100000001000000007fffffff, "
        + "remark: 2147483647 bytes (expected: at most the 0 left of the header)",
    "00010002010000000100000000000000000000000100, "
        + "header field name: 2 bytes (expected: at most the 1 left of the header)",
    "0001000201000000010000000000000000000000010000, "
        + "'header fields: 1 bytes (expected: the rest of the header, 2)'",
    "000100020100000001000000000000000000000002ffff, "
        + "header field name: 65535 bytes (expected: at most the 0 left of the header)",
    "00010002010000000100000000000000000000000700016100000005, "
        + "header field value: 5 bytes (expected: at most the 0 left of the header)",
    "0001000201000000010000000000000000000000070001617fffffff, "
        + "header field value: 2147483647 bytes (expected: at most the 0 left of the header)",
  })
  void brokenBinaryHeaders(String hex, String text) {
    byte[] header = ByteBufUtil.decodeHexDump(hex);
    ByteBuf in =
        Unpooled.buffer()
            .writeInt(4 + header.length)
            .writeInt(1 << 24 | header.length)
            .writeBytes(header);

    assertThatThrownBy(() -> new FrameDecoder(LIMITS).decode(in)).hasMessage(text);
  }

  @Test
  void missingFieldsAreNamed() {
    Fields fields = Fields.of("queueId", "1", "broken", "1x", "large", "4294967296");

    assertThatThrownBy(() -> fields.require("brokerName"))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.MISSING_FIELD))
        .hasMessage("header field brokerName: absent (expected among: [queueId, broken, large])");
    assertThatThrownBy(() -> fields.requireLong("broken"))
        .hasMessage("header field broken: \"1x\" (expected: a number)");
    assertThatThrownBy(() -> fields.requireInt("large"))
        .hasMessage("header field large: 4294967296 (expected: -2147483648 to 2147483647)");
    assertThat(fields.requireLong("large")).isEqualTo(1L << 32);
    assertThat(fields.longOr("absent", 3)).isEqualTo(3);
  }
}
