package dev.sluice.rocketmq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FrameRoundTripTest {
  private static final int RUNS = 300;

  private static RemotingCommand anyCommand(Seeds seeds, HeaderForm form) {
    Fields.Builder fields = Fields.builder();
    int count = seeds.between(0, 20);
    for (int i = 0; i < count; i++) {
      fields.field(seeds.word(12), seeds.stringUpTo(200));
    }
    // The binary form has no way to tell an empty remark from none.
    String remark = seeds.chance(50) ? null : seeds.word(3) + seeds.stringUpTo(50);
    return new RemotingCommand(
        form == HeaderForm.JSON ? seeds.anyInt() : seeds.between(-32_768, 32_767),
        seeds.pick(Language.values()),
        seeds.between(0, 1000),
        seeds.anyInt(),
        seeds.anyInt(),
        remark,
        fields.build(),
        ByteBuffer.wrap(seeds.bytesUpTo(5000)));
  }

  @Test
  void whatIsEncodedIsDecodedWhereverTheStreamIsCut() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          HeaderForm form = seeds.pick(HeaderForm.values());
          List<RemotingCommand> sent = new ArrayList<>();
          ByteBuf stream = Unpooled.buffer();
          int count = seeds.between(1, 5);
          for (int i = 0; i < count; i++) {
            sent.add(anyCommand(seeds, form));
            new FrameEncoder(form).encode(sent.get(i), stream);
          }

          List<RemotingCommand> received = new ArrayList<>();
          FrameDecoder decoder = new FrameDecoder(FrameLimits.defaults());
          ByteBuf arrived = seeds.chance(50) ? Unpooled.buffer() : Unpooled.directBuffer();
          try {
            while (stream.isReadable()) {
              arrived.writeBytes(stream, seeds.between(1, Math.min(700, stream.readableBytes())));
              for (RemotingCommand next = decoder.decode(arrived);
                  next != null;
                  next = decoder.decode(arrived)) {
                received.add(next);
              }
            }
            assertThat(arrived.isReadable()).isFalse();
          } finally {
            arrived.release();
          }

          assertThat(received).isEqualTo(sent);
        });
  }

  @Test
  void requestsWrittenDirectlyEqualThoseWrittenFromFields() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          byte[] body = seeds.bytesUpTo(2000);
          String text = seeds.stringUpTo(20);
          String longer = seeds.stringUpTo(500);
          int number = seeds.anyInt();
          long large = seeds.anyLong();
          boolean truth = seeds.chance(50);
          String perhaps = seeds.chance(50) ? null : seeds.word(10);
          SampleRequest request =
              new SampleRequest(
                  RequestCode.SEND_MESSAGE_V2,
                  out ->
                      out.field("a", text)
                          .field("e", number)
                          .field("g", large)
                          .field("i", longer)
                          .field("m", truth)
                          .field("n", perhaps),
                  ByteBuffer.wrap(body));
          HeaderForm form = seeds.pick(HeaderForm.values());
          int opaque = seeds.anyInt();
          Fields.Builder fields = Fields.builder();
          request.writeFields(fields);
          RemotingCommand command =
              RemotingCommand.request(310, opaque, fields.build(), ByteBuffer.wrap(body));

          ByteBuf whole = Unpooled.buffer();
          new FrameEncoder(form).encode(request, opaque, false, whole);
          ByteBuf parts = Unpooled.buffer();
          new FrameEncoder(form).encodeHeader(request, opaque, false, body.length, parts);
          parts.writeBytes(body);
          ByteBuf fromFields = Unpooled.buffer();
          new FrameEncoder(form).encode(command, fromFields);

          assertThat(parts).isEqualTo(whole);
          assertThat(fromFields).isEqualTo(whole);
          assertThat(new FrameDecoder(FrameLimits.defaults()).decode(whole)).isEqualTo(command);
        });
  }

  @Test
  void everyNumberIsWrittenAsItsDigits() {
    Seeds.forAll(
        2000,
        seeds -> {
          long shifted = seeds.anyLong() >> seeds.between(0, 63);
          long value = seeds.pick(shifted, 0L, 9L, 10L, Long.MIN_VALUE, Long.MAX_VALUE, -1L);
          ByteBuf out = Unpooled.buffer(1);

          int length = JsonText.number(out, value);

          assertThat(out.toString(StandardCharsets.US_ASCII))
              .isEqualTo(Long.toString(value))
              .hasSize(length);
        });
  }

  @Test
  void oneWayRequestsSayThatNoAnswerIsWanted() {
    for (HeaderForm form : HeaderForm.values()) {
      ByteBuf out = Unpooled.buffer();
      new FrameEncoder(form, Language.OTHER).encode(SampleRequest.route("t"), 5, true, out);

      RemotingCommand command =
          Objects.requireNonNull(new FrameDecoder(FrameLimits.defaults()).decode(out));

      assertThat(command.isOneWay()).isTrue();
      assertThat(command.isResponse()).isFalse();
      assertThat(command.language()).isEqualTo(Language.OTHER);
      assertThat(command.fields().require("topic")).isEqualTo("t");
    }
  }
}
