package dev.sluice.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.Request;
import java.nio.charset.StandardCharsets;
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
