package dev.sluice.rocketmq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick way to read a header reads it as the other one does, or leaves it to that. */
class PlainJsonHeaderTest {
  private static final int RUNS = 20_000;
  private static final ByteBuffer BODY = ByteBuffer.wrap(new byte[] {1});

  private static final List<String> WRITTEN_BY_BROKERS =
      List.of(
          "{\"code\":0,\"extFields\":{\"queueId\":\"3\",\"TRACE_ON\":\"true\",\"MSG_REGION\":"
              + "\"DefaultRegion\",\"msgId\":\"7F00000100002A9F000000000000001C\","
              + "\"queueOffset\":\"12\"},\"flag\":1,\"language\":\"JAVA\",\"opaque\":77,"
              + "\"serializeTypeCurrentRPC\":\"JSON\",\"version\":505}",
          "{\"code\":17,\"flag\":1,\"language\":\"JAVA\",\"opaque\":-5,\"remark\":\"No topic\","
              + "\"serializeTypeCurrentRPC\":\"JSON\",\"version\":401}",
          "{\"code\":0,\"extFields\":{},\"flag\":1,\"language\":\"CPP\",\"opaque\":0,"
              + "\"version\":0}");

  private static @Nullable RemotingCommand plain(byte[] header) {
    return PlainJsonHeader.read(header, 0, header.length, BODY, 8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatBrokersWrite() {
    for (String each : WRITTEN_BY_BROKERS) {
      byte[] header = bytes(each);
      assertThat(plain(header))
          .isNotNull()
          .isEqualTo(JsonHeader.readAny(header, 0, header.length, BODY, 8));
    }
  }

  @Test
  void whateverItReadsTheOtherWayReadsTheSame() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          byte[] header = bytes(seeds.pick(WRITTEN_BY_BROKERS));
          int changes = seeds.between(1, 3);
          for (int i = 0; i < changes; i++) {
            header[seeds.between(0, header.length - 1)] =
                seeds.chance(50)
                    ? (byte) seeds.between(-128, 127)
                    : (byte) "{}\":,0-9 \\tn".charAt(seeds.between(0, 11));
          }

          RemotingCommand read = plain(header);

          if (read != null) {
            assertThat(read).isEqualTo(JsonHeader.readAny(header, 0, header.length, BODY, 8));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"code\":0}",
        "{\"code\":0,\"opaque\":1",
        "{\"code\":0,\"opaque\":1}}",
        "{\"code\":0, \"opaque\":1}",
        "{\"code\":0,\"opaque\":01}",
        "{\"code\":0,\"opaque\":1.5}",
        "{\"code\":0,\"opaque\":4294967296}",
        "{\"code\":0,\"opaque\":1,\"remark\":null}",
        "{\"code\":0,\"opaque\":1,\"remark\":\"a\\nb\"}",
        "{\"code\":0,\"opaque\":1,\"remark\":\"\u00fc\"}",
        "{\"code\":0,\"opaque\":1,\"extFields\":{\"a\":1}}",
        "{\"code\":0,\"opaque\":1,\"extFields\":{\"a\":\"b\"",
        "{\"code\":0,\"opaque\":1,\"other\":{}}"
      })
  void leavesTheRestToTheOther(String header) {
    assertThat(plain(bytes(header))).isNull();
  }

  @Test
  void fieldsAreBounded() {
    String many = "\"n\":\"v\",".repeat(9);
    byte[] header = bytes("{\"code\":0,\"opaque\":1,\"extFields\":{" + many + "\"n\":\"v\"}}");

    assertThat(plain(header)).isNull();
  }
}
