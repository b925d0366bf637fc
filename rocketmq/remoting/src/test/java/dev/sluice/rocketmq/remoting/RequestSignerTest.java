package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.requests.MessageProperties;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendBatch.Member;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That requests are signed as RocketMQ's access control wants them. */
class RequestSignerTest {

  @Test
  void theSignatureIsTheOneThatRocketMQsOwnClientMakes() {
    RequestSigner signer = new RequestSigner(new Credentials("alice", "s3cret", "token"));
    Fields fields =
        Fields.of(
            "topic", "orders", "queueId", "3", "AccessKey", "alice", "SecurityToken", "token");
    String signature = signer.signatureOf(fields, "body".getBytes(StandardCharsets.UTF_8));
    assertThat(signature).isEqualTo("qwVMCNNEbBd9vOtvN12f2b4loMo=");
    assertThat(signer.signatureOf(fields, "body".getBytes(StandardCharsets.UTF_8)))
        .as("signing again")
        .isEqualTo(signature);
  }

  @Test
  void aBatchIsSignedWithTheBodyThatIsSent() {
    RequestSigner signer = new RequestSigner(Credentials.of("alice", "s3cret"));
    SendBatch batch =
        new SendBatch(
            "g",
            "t",
            0,
            0,
            1,
            null,
            List.of(
                Member.of(0, properties("größe"), ByteBuffer.wrap(new byte[100])),
                Member.of(0, properties("x".repeat(500)), ByteBuffer.wrap(new byte[] {1}))));
    ByteBuf expected = Unpooled.buffer();
    batch.writeBody(expected);

    Request<SendReply> signed = signer.sign(batch);

    ByteBuf body = Unpooled.buffer();
    signed.writeBody(body);
    assertThat(signed.bodyLength()).isEqualTo(batch.bodyLength());
    assertThat(body).isEqualTo(expected);
    Fields.Builder out = Fields.builder();
    signed.writeFields(out);
    Fields fields = out.build();
    assertThat(fields.get("i")).as("the batch's own properties, which are none").isNull();
    assertThat(fields.require("b")).isEqualTo("t");
  }

  private static String properties(String value) {
    return MessageProperties.encode(Map.of("name", value));
  }

  @Test
  void aSignedRequestCarriesTheOriginalFieldsTheKeyAndTheSignatureButNotTheSecret() {
    RequestSigner signer = new RequestSigner(Credentials.of("alice", "s3cret"));
    Request<Long> signed = signer.sign(new GetMaxOffset("orders", 3));
    Fields.Builder out = Fields.builder();
    signed.writeFields(out);
    Fields fields = out.build();
    assertThat(fields.get("topic")).isEqualTo("orders");
    assertThat(fields.get("AccessKey")).isEqualTo("alice");
    assertThat(fields.get("SecurityToken")).isNull();
    assertThat(fields.require("Signature")).isNotEmpty();
    assertThat(fields.toString()).doesNotContain("s3cret");
    assertThat(Credentials.of("alice", "s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void anEmptyFieldIsNotSentAsBrokersWouldSignTheWordNullForIt() {
    RequestSigner signer = new RequestSigner(Credentials.of("alice", "s3cret"));
    Request<Long> withEmpty = signer.sign(new GetMaxOffset("", 3));
    Fields.Builder out = Fields.builder();
    withEmpty.writeFields(out);
    Fields fields = out.build();
    assertThat(fields.get("topic")).isNull();
    assertThat(fields.get("queueId")).isEqualTo("3");
  }
}
