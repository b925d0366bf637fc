package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests that do not arrive in full, at a real gateway. */
class ArrivalsTest extends WithGateways {
  private static final int MIB = 1024 * 1024;

  /** Everyone may call it, also where callers need keys. */
  private static final String HEALTH = "/rocketmq.RocketMQProxy/HealthCheck";

  private static final String TELEMETRY = "/apache.rocketmq.v2.MessagingService/Telemetry";
  private static final String EXHAUSTED = "8 ";
  private static final String LATE = "4 ";

  private static Http2Caller caller(Served gateway) throws InterruptedException {
    return Http2Caller.connect(gateway.server().grpcPort(), Http2Settings.defaultSettings());
  }

  private static long arriving(Served gateway) {
    return gateway.ledger().open(ResourceKinds.ARRIVING_REQUEST);
  }

  /** Calls with a quarter of a mebibyte each of what is said to be much more. */
  private static List<Http2Caller.Call> begin(Http2Caller caller, int calls) throws Exception {
    var begun = new ArrayList<Http2Caller.Call>();
    for (int i = 0; i < calls; i++) {
      Http2Caller.Call call = caller.call(HEALTH);
      call.begin(4 * MIB, MIB / 4);
      begun.add(call);
    }
    return begun;
  }

  private static long refused(List<Http2Caller.Call> calls) {
    return calls.stream()
        .filter(call -> call.status().getNow("").startsWith(EXHAUSTED))
        .peek(
            call ->
                assertThat(call.status())
                    .isCompletedWithValueMatching(
                        status -> status.contains("ARRIVING_BYTES sets it")))
        .count();
  }

  @Test
  @Shows(Setting.ARRIVING_BYTES)
  void whoSendsManyRequestsInPartHasNoMoreKeptThanIsAllowed() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of(Setting.ARRIVING_BYTES, "40MB"));
    String producer = Served.producer(gateway.calls());
    long before = PlatformDependent.usedDirectMemory();

    try (Http2Caller offender = caller(gateway)) {
      // when one sends 100 MiB
      List<Http2Caller.Call> calls = begin(offender, 400);

      // then half of what there is is kept: of fewer where the network cuts it into small pieces
      await().untilAsserted(() -> assertThat(refused(calls)).isPositive());
      assertThat(arriving(gateway)).isPositive().isLessThan(400L);
      assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(100L * MIB);

      // and others find room, also for the largest body
      assertThat(Served.send(gateway.calls(), producer, "x".repeat(4 * MIB)).getSuccess()).isTrue();

      // when many do it
      try (Http2Caller second = caller(gateway);
          Http2Caller third = caller(gateway);
          Http2Caller fourth = caller(gateway);
          Http2Caller fifth = caller(gateway)) {
        for (Http2Caller other : List.of(second, third, fourth, fifth)) {
          List<Http2Caller.Call> more = begin(other, 50);
          await().untilAsserted(() -> assertThat(refused(more)).isPositive());
        }

        // then small requests are served all the same
        assertThat(Served.send(gateway.calls(), producer, "x".repeat(30_000)).getSuccess())
            .isTrue();
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(160L * MIB);
      }
    }

    // then nothing is left of it
    await().untilAsserted(() -> assertThat(arriving(gateway)).isZero());
    assertThat(Served.send(gateway.calls(), producer, "x".repeat(4 * MIB)).getSuccess()).isTrue();
  }

  @Test
  @Shows(Setting.REQUEST_TIMEOUT)
  void whatDoesNotArriveInTimeIsRefused() throws Exception {
    Served quick = start(new MemorySystem(), Map.of(Setting.REQUEST_TIMEOUT, "200ms"));
    Served patient = start(new MemorySystem(), Map.of(Setting.REQUEST_TIMEOUT, "1h"));

    try (Http2Caller slow = caller(quick);
        Http2Caller same = caller(patient)) {
      Http2Caller.Call waiting = same.call(HEALTH);
      waiting.begin(1000, 10);
      Http2Caller.Call silent = slow.call(HEALTH);
      Http2Caller.Call half = slow.call(HEALTH);
      half.begin(1000, 10);

      for (Http2Caller.Call each : List.of(silent, half)) {
        assertThat(each.status().get(20, TimeUnit.SECONDS))
            .startsWith(LATE)
            .contains("has not arrived within 200 ms", "REQUEST_TIMEOUT");
      }
      assertThat(arriving(quick)).isZero();
      await().untilAsserted(() -> assertThat(arriving(patient)).isOne());
      assertThat(waiting.status()).isNotDone();
    }
  }

  @Test
  void aStreamMayBeQuietForAnyTimeBetweenItsRequests() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of(Setting.REQUEST_TIMEOUT, "5s"));

    try (Http2Caller caller = caller(gateway)) {
      // given one that has said something, and longer ago than a request may take
      Http2Caller.Call stream = caller.call(TELEMETRY);
      stream.send(
          TelemetryCommand.newBuilder()
              .setSettings(
                  Settings.newBuilder()
                      .setClientType(ClientType.PRODUCER)
                      .setPublishing(Publishing.getDefaultInstance()))
              .build()
              .toByteArray());
      await().untilAsserted(() -> assertThat(stream.answered()).isTrue());
      Http2Caller.Call later = caller.call(HEALTH);
      assertThat(later.status().get(20, TimeUnit.SECONDS)).startsWith(LATE);
      assertThat(stream.status()).isNotDone();
      assertThat(gateway.ledger().open(ResourceKinds.STREAM)).isOne();

      // when it begins to say something else
      stream.begin(1000, 10);

      // then it ends, for its handler too
      assertThat(stream.status().get(20, TimeUnit.SECONDS)).startsWith(LATE);
      await().untilAsserted(() -> assertThat(gateway.ledger().open(ResourceKinds.STREAM)).isZero());
    }
  }
}
