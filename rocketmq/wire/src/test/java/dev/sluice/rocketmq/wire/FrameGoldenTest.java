package dev.sluice.rocketmq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The bytes that the protocol fixes. */
class FrameGoldenTest {
  private static final RemotingCommand COMMAND =
      new RemotingCommand(
          310,
          Language.JAVA,
          513,
          258,
          0,
          null,
          Fields.of("e", "-1", "i", "KEYS\u0001\"k\\\"\u0002"),
          ByteBuffer.wrap(new byte[] {7, 8}));

  @Test
  void binaryFrame() {
    ByteBuf out = Unpooled.buffer();

    new FrameEncoder(HeaderForm.BINARY).encode(COMMAND, out);

    assertThat(ByteBufUtil.hexDump(out))
        .isEqualTo(
            "00000035" // what follows: 53 bytes
                + "0100002f" // binary, 47 bytes of header
                + "0136" // code 310
                + "00" // Java
                + "0201" // version 513
                + "00000102" // opaque 258
                + "00000000" // flags
                + "00000000" // no remark
                + "0000001a" // 26 bytes of fields
                + "0001"
                + "65"
                + "00000002"
                + "2d31" // e = -1
                + "0001"
                + "69"
                + "0000000a"
                + "4b455953"
                + "01226b5c2202" // i
                + "0708");
  }

  @Test
  void jsonFrame() {
    ByteBuf out = Unpooled.buffer();

    new FrameEncoder(HeaderForm.JSON).encode(COMMAND, out);

    String header =
        "{\"code\":310,\"language\":\"JAVA\",\"version\":513,\"opaque\":258,\"flag\":0,"
            + "\"serializeTypeCurrentRPC\":\"JSON\",\"extFields\":{"
            + "\"e\":\"-1\",\"i\":\"KEYS\\u0001\\\"k\\\\\\\"\\u0002\"}}";
    assertThat(out.readInt()).isEqualTo(4 + header.length() + 2);
    assertThat(out.readInt()).isEqualTo(header.length());
    assertThat(out.readCharSequence(header.length(), StandardCharsets.UTF_8).toString())
        .isEqualTo(header);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0708");
  }

  @Test
  void popFamilyGoesOutAsJsonWhateverIsWanted() {
    ByteBuf out = Unpooled.buffer();

    new FrameEncoder(HeaderForm.BINARY)
        .encode(RemotingCommand.request(RequestCode.POP_MESSAGE, 1, Fields.empty()), out);

    assertThat(out.getByte(4)).isEqualTo((byte) HeaderForm.JSON.number());
    assertThat(out.toString(8, 14, StandardCharsets.US_ASCII)).isEqualTo("{\"code\":200050");
  }

  @Test
  void fastjsonHeaderIsRead() {
    String header =
        "{\"code\":0,\"extFields\":{\"queueId\":\"1\",\"msgId\":\"x\",n:7,\"gone\":null},\"flag\":1,"
            + "\"language\":\"PERL\",\"opaque\":5,'remark':'r',\"serializeTypeCurrentRPC\":\"JSON\","
            + "\"unknown\":{\"a\":[1,{2:3}]},\"version\":513}";
    ByteBuf in = Unpooled.buffer();
    in.writeInt(4 + header.length()).writeInt(header.length());
    in.writeCharSequence(header, StandardCharsets.US_ASCII);

    RemotingCommand command = new FrameDecoder(FrameLimits.defaults()).decode(in);

    assertThat(command)
        .isEqualTo(
            new RemotingCommand(
                0,
                Language.OTHER,
                513,
                5,
                1,
                "r",
                Fields.of("queueId", "1", "msgId", "x", "n", "7"),
                RemotingCommand.NO_BODY));
  }

  @Test
  void theOutputIsUntouchedWhenEncodingFails() {
    ByteBuf out = Unpooled.buffer().writeByte(9);
    Request<?> lying =
        new ForwardingRequest(SampleRequest.route("t")) {
          @Override
          public int bodyLength() {
            return 5;
          }
        };

    assertThatThrownBy(() -> new FrameEncoder(HeaderForm.JSON).encode(lying, 1, false, out))
        .isInstanceOf(WireException.class)
        .hasMessage("body of GET_ROUTEINFO_BY_TOPIC 105: 0 bytes (expected: 5)");
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo("09");
  }

  /** A request that can be given a fault. */
  private abstract static class ForwardingRequest implements Request<Object> {
    private final Request<?> request;

    ForwardingRequest(Request<?> request) {
      this.request = request;
    }

    @Override
    public int code() {
      return request.code();
    }

    @Override
    public void writeFields(FieldWriter out) {
      request.writeFields(out);
    }

    @Override
    public Object read(RemotingCommand response) {
      return response;
    }
  }
}
