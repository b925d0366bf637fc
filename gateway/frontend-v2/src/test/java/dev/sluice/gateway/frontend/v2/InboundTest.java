package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Digest;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages may be, at the borders. */
class InboundTest {

  private static final int KIB = 1024;

  @Test
  void aBodyHasOneByteTo4MiB() {
    assertThat(codeOf(body(0))).isEqualTo(Code.MESSAGE_BODY_EMPTY);
    assertThat(codeOf(body(1))).isEqualTo(Code.OK);
    assertThat(codeOf(body(4 * KIB * KIB))).isEqualTo(Code.OK);
    assertThat(codeOf(body(4 * KIB * KIB + 1))).isEqualTo(Code.MESSAGE_BODY_TOO_LARGE);
  }

  @Test
  void aMessageHasAtMost128UserProperties() {
    assertThat(codeOf(properties(128))).isEqualTo(Code.OK);
    assertThat(codeOf(properties(129))).isEqualTo(Code.MESSAGE_PROPERTIES_TOO_LARGE);
  }

  @Test
  void propertiesWithTagAndKeysHaveAtMost16KiBInUtf8() {
    assertThat(codeOf(sized(16 * KIB))).isEqualTo(Code.OK);
    assertThat(codeOf(sized(16 * KIB + 1))).isEqualTo(Code.MESSAGE_PROPERTIES_TOO_LARGE);
    // Three bytes each.
    assertThat(codeOf(message("b").putUserProperties("n", "✓".repeat(5461)).build()))
        .isEqualTo(Code.OK);
    assertThat(codeOf(message("b").putUserProperties("nn", "✓".repeat(5461)).build()))
        .isEqualTo(Code.MESSAGE_PROPERTIES_TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0001b", "a\nb"})
  void aPropertyHasANameWithoutControlCharacters(String name) {
    assertThat(codeOf(message("b").putUserProperties(name, "v").build()))
        .isEqualTo(Code.ILLEGAL_MESSAGE_PROPERTY_KEY);
  }

  @Test
  void aPropertyHasAValueWithoutControlCharacters() {
    assertThat(codeOf(message("b").putUserProperties("n", "a\u0002b").build()))
        .isEqualTo(Code.ILLEGAL_MESSAGE_PROPERTY_KEY);
    assertThat(codeOf(message("b").putUserProperties("n", "").build())).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a|b", "a||b", "a\tb"})
  void aTagIsNoExpression(String tag) {
    assertThat(codeOf(SystemProperties.newBuilder().setTag(tag)))
        .isEqualTo(Code.ILLEGAL_MESSAGE_TAG);
  }

  @Test
  void anEmptyTagIsNone() {
    assertThat(
            Inbound.message(message("b", SystemProperties.newBuilder().setTag("")))
                .outbound()
                .tag())
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0001b"})
  void aKeyIsText(String key) {
    assertThat(codeOf(SystemProperties.newBuilder().addKeys(key)))
        .isEqualTo(Code.ILLEGAL_MESSAGE_KEY);
  }

  @Test
  void aMessageGroupHasLessThan64BytesInUtf8() {
    assertThat(codeOf(group("g".repeat(63)))).isEqualTo(Code.OK);
    assertThat(codeOf(group("g".repeat(64)))).isEqualTo(Code.ILLEGAL_MESSAGE_GROUP);
    assertThat(codeOf(group("✓".repeat(21)))).isEqualTo(Code.OK);
    assertThat(codeOf(group("✓".repeat(22)))).isEqualTo(Code.ILLEGAL_MESSAGE_GROUP);
    assertThat(codeOf(group(" "))).isEqualTo(Code.ILLEGAL_MESSAGE_GROUP);
    assertThat(codeOf(group("a\nb"))).isEqualTo(Code.ILLEGAL_MESSAGE_GROUP);
  }

  @Test
  void aFifoMessageNeedsAGroup() {
    assertThat(codeOf(SystemProperties.newBuilder().setMessageType(MessageType.FIFO)))
        .isEqualTo(Code.ILLEGAL_MESSAGE_GROUP);
  }

  @Test
  void aMessageIdHasOneTo255Characters() {
    assertThat(codeOf(SystemProperties.newBuilder().setMessageId("i".repeat(255))))
        .isEqualTo(Code.OK);
    assertThat(codeOf(SystemProperties.newBuilder().setMessageId("i".repeat(256))))
        .isEqualTo(Code.ILLEGAL_MESSAGE_ID);
    assertThat(codeOf(SystemProperties.newBuilder().setMessageId("a\u0001b")))
        .isEqualTo(Code.ILLEGAL_MESSAGE_ID);
    assertThat(
            codeOf(message("b").setSystemProperties(SystemProperties.getDefaultInstance()).build()))
        .isEqualTo(Code.ILLEGAL_MESSAGE_ID);
  }

  @Test
  void aBornHostIsAShortText() {
    assertThat(codeOf(SystemProperties.newBuilder().setBornHost("h".repeat(255))))
        .isEqualTo(Code.OK);
    assertThat(codeOf(SystemProperties.newBuilder().setBornHost("h".repeat(256))))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(SystemProperties.newBuilder().setBornHost("a\u0002b")))
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void aDeliveryTimeIsAtMost24HoursAhead() {
    assertThat(codeOf(delayed(Duration.ofHours(24)))).isEqualTo(Code.OK);
    assertThat(codeOf(delayed(Duration.ofHours(24).plusMinutes(1))))
        .isEqualTo(Code.ILLEGAL_DELIVERY_TIME);
    assertThat(codeOf(SystemProperties.newBuilder().setMessageType(MessageType.DELAY)))
        .isEqualTo(Code.ILLEGAL_DELIVERY_TIME);
  }

  @Test
  void aDeliveryTimeThatIsPastMeansNow() {
    assertThat(Inbound.message(message("b", delayed(Duration.ofSeconds(-1)))).outbound().schedule())
        .isEqualTo(Schedule.NOW);
  }

  @Test
  void aMessageIsNotBothOrderedAndDelayed() {
    assertThat(codeOf(delayed(Duration.ofMinutes(1)).setMessageGroup("g")))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
  }

  @Test
  void aLiteMessageHasALiteTopicAndIsOfNoOtherKind() {
    assertThat(codeOf(SystemProperties.newBuilder().setMessageType(MessageType.LITE)))
        .isEqualTo(Code.ILLEGAL_LITE_TOPIC);
    assertThat(codeOf(lite("a").setMessageGroup("g")))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(codeOf(lite("a").setMessageType(MessageType.TRANSACTION)))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(Inbound.message(message("b", lite("a-B_9"))).kind()).isEqualTo(MessageKind.LITE);
    assertThat(Inbound.message(message("b", lite("a-B_9"))).outbound().liteTopic())
        .isEqualTo("a-B_9");
    assertThat(Inbound.message(message("b").build()).outbound().liteTopic()).isNull();
  }

  @Test
  void namesOfLiteTopicsAreChecked() {
    assertThat(codeOf(lite("x".repeat(64)))).isEqualTo(Code.OK);
    for (String wrong : new String[] {"x".repeat(65), "a b", "a$b", "%LMQ%", "\u00e4", " "}) {
      assertThat(codeOf(lite(wrong))).as(wrong).isEqualTo(Code.ILLEGAL_LITE_TOPIC);
    }
  }

  private static SystemProperties.Builder lite(String liteTopic) {
    return SystemProperties.newBuilder().setMessageType(MessageType.LITE).setLiteTopic(liteTopic);
  }

  @Test
  void aPriorityIsZeroOrMore() {
    assertThat(codeOf(priority(-1))).isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(priority(0))).isEqualTo(Code.OK);
    assertThat(codeOf(priority(Integer.MAX_VALUE))).isEqualTo(Code.OK);
    assertThat(Inbound.message(message("b", priority(7))).outbound().priority()).isEqualTo(7);
    assertThat(Inbound.message(message("b").build()).outbound().priority())
        .isEqualTo(OutboundMessage.NO_PRIORITY);
  }

  @Test
  void aMessageOfPriorityHasOneAndIsOfNoOtherKind() {
    assertThat(codeOf(SystemProperties.newBuilder().setMessageType(MessageType.PRIORITY)))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(codeOf(priority(1).setMessageGroup("g")))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(codeOf(delayed(Duration.ofMinutes(1)).setPriority(1)))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
  }

  private static SystemProperties.Builder priority(int priority) {
    return SystemProperties.newBuilder().setMessageType(MessageType.PRIORITY).setPriority(priority);
  }

  @Test
  void kindsAndEncodingsThatNobodyKnowsAreRefused() {
    assertThat(codeOf(SystemProperties.newBuilder().setMessageTypeValue(99)))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(SystemProperties.newBuilder().setBodyEncodingValue(99)))
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void howTheBodyIsToBeReadIsKept() {
    assertThat(
            Inbound.message(
                    message("b", SystemProperties.newBuilder().setBodyEncoding(Encoding.GZIP)))
                .outbound()
                .encoding())
        .isEqualTo(BodyEncoding.GZIP);
  }

  @ParameterizedTest
  @CsvSource({
    "MD5, 92EB5FFEE6AE2FEC3AD71C777531578F",
    "MD5, 92eb5ffee6ae2fec3ad71c777531578f",
    "SHA1, E9D71F5EE7C92D6DC9E92FFDAD17B8BD49418F98",
    "SHA1, e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98",
    "CRC32, 71BEEFF9",
    "CRC32, 71beeff9",
    "CRC32, 0071BEEFF9",
    "CRC32, 1908338681",
    "MD5, ''",
    "DIGEST_TYPE_UNSPECIFIED, ''"
  })
  void aDigestOfTheBodyMayBeGivenInAnyOfTheFormsThatClientsWrite(DigestType type, String sum) {
    assertThat(codeOf(digest(type, sum))).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "MD5, 92EB5FFEE6AE2FEC3AD71C7775315780",
    "MD5, 71BEEFF9",
    "SHA1, E9D71F5EE7C92D6DC9E92FFDAD17B8BD49418F99",
    "CRC32, 71BEEFF8",
    "CRC32, 1908338682",
    "CRC32, 0"
  })
  void aBodyThatIsNotTheOneOfItsDigestIsCorrupted(DigestType type, String sum) {
    assertThat(codeOf(digest(type, sum))).isEqualTo(Code.MESSAGE_CORRUPTED);
  }

  @Test
  void aDigestHasAType() {
    assertThat(codeOf(digest(DigestType.DIGEST_TYPE_UNSPECIFIED, "71BEEFF9")))
        .isEqualTo(Code.BAD_REQUEST);
  }

  private static SystemProperties.Builder digest(DigestType type, String sum) {
    return SystemProperties.newBuilder()
        .setBodyDigest(Digest.newBuilder().setType(type).setChecksum(sum));
  }

  @Test
  void whatIsRefusedIsShownCutShort() {
    String text = refusal(message("b", SystemProperties.newBuilder().setTag("|".repeat(9_999))));

    assertThat(text).startsWith("tag: '|||").hasSizeLessThan(300);
  }

  private static Message body(int size) {
    return message("").setBody(ByteString.copyFrom(new byte[size])).build();
  }

  private static Message properties(int count) {
    Message.Builder message = message("b");
    for (int i = 0; i < count; i++) {
      message.putUserProperties("p" + i, "v");
    }
    return message.build();
  }

  /** One with so many bytes of properties, tag and keys in all. */
  private static Message sized(int bytes) {
    return message("b", SystemProperties.newBuilder().setTag("tag").addKeys("key")).toBuilder()
        .putUserProperties("n", "v".repeat(bytes - 7))
        .build();
  }

  private static SystemProperties.Builder group(String group) {
    return SystemProperties.newBuilder().setMessageType(MessageType.FIFO).setMessageGroup(group);
  }

  private static SystemProperties.Builder delayed(Duration by) {
    return SystemProperties.newBuilder()
        .setMessageType(MessageType.DELAY)
        .setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + by.toMillis()));
  }

  private static Code codeOf(SystemProperties.Builder properties) {
    return codeOf(message("b", properties));
  }

  private static Code codeOf(Message message) {
    try {
      Inbound.message(message);
      return Code.OK;
    } catch (Refusal | GatewayException refusal) {
      return Statuses.of(refusal).getCode();
    }
  }

  private static String refusal(Message message) {
    try {
      Inbound.message(message);
      return "";
    } catch (Refusal refusal) {
      return refusal.getMessage();
    }
  }
}
