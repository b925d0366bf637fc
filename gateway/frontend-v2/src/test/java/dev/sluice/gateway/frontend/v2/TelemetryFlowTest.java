package dev.sluice.gateway.frontend.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a telemetry stream that nobody reads, nothing is read either. */
class TelemetryFlowTest {

  private static final int MOST = 2_000;

  /** About 130 kB, and so is the answer. */
  private static final TelemetryCommand LARGE =
      TelemetryCommand.newBuilder()
          .setSettings(
              Settings.newBuilder()
                  .setPublishing(
                      Publishing.newBuilder()
                          .addAllTopics(
                              Collections.nCopies(1024, V2Client.resource("t".repeat(120))))))
          .build();

  private FrontendServer server;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void answersDoNotPileUpForACallerThatDoesNotReadThem() throws Exception {
    // given
    var call =
        V2Client.of(server, "client")
            .channel()
            .newCall(MessagingServiceGrpc.getTelemetryMethod(), CallOptions.DEFAULT);
    var answers = new Answers();
    call.start(answers, new Metadata());

    // when
    int said = sayUntilNobodyListens(call);

    // then
    assertThat(said).as("commands of 130 kB that were taken while no answer was").isLessThan(MOST);
    call.request(said);
    for (int i = 0; i < said; i++) {
      assertThat(answers.next().getStatus().getCode()).isEqualTo(Code.OK);
    }
    call.cancel("enough", null);
    await().until(() -> server.ledger().open(ResourceKinds.STREAM) == 0);
  }

  private static int sayUntilNobodyListens(ClientCall<TelemetryCommand, ?> call) {
    for (int said = 0; said < MOST; said++) {
      try {
        await().atMost(Duration.ofSeconds(3)).until(call::isReady);
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        return said;
      }
      call.sendMessage(LARGE);
    }
    return MOST;
  }

  private static final class Answers extends ClientCall.Listener<TelemetryCommand> {
    private final BlockingQueue<TelemetryCommand> all = new LinkedBlockingQueue<>();

    @Override
    public void onMessage(TelemetryCommand answer) {
      all.add(answer);
    }

    TelemetryCommand next() throws InterruptedException {
      TelemetryCommand answer = all.poll(20, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      return answer;
    }
  }
}
