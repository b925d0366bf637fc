package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import io.grpc.StatusException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The figures that dashboards of such proxies know: each rises with what it counts, falls again
 * where that goes, and says the same in both forms. What of them counts leaks is in {@link
 * MetricsTest}.
 */
class JsonFiguresTest extends WithGateways {

  /** Those that stand for a sample of the same value, or of this many times as much. */
  private record Same(String series, double times) {
    Same(String series) {
      this(series, 1);
    }
  }

  private static final double MEGABYTE = 1 << 20;

  private static final Map<String, Same> IN_PROMETHEUS =
      Map.ofEntries(
          Map.entry("active_connections", new Same("sluice_active_connections")),
          Map.entry("total_connections", new Same("sluice_connections_opened_total")),
          Map.entry("active_producers", new Same("sluice_active_producers")),
          Map.entry("active_consumers", new Same("sluice_active_consumers")),
          Map.entry("messages_sent", new Same("sluice_messages_sent_total")),
          Map.entry("messages_received", new Same("sluice_messages_received_total")),
          Map.entry("messages_per_second", new Same("sluice_messages_per_second")),
          Map.entry("avg_response_time_ms", new Same("sluice_response_time_average_milliseconds")),
          Map.entry("error_count", new Same("sluice_errors_total")),
          Map.entry("goroutine_count", new Same("sluice_platform_threads")),
          Map.entry("memory_usage_mb", new Same("sluice_memory_used_bytes", MEGABYTE)),
          Map.entry("producer_leak_detections", new Same("sluice_producer_leaks_total")),
          Map.entry("consumer_leak_detections", new Same("sluice_consumer_leaks_total")),
          Map.entry("channel_full_events", new Same("sluice_channel_full_events_total")),
          Map.entry("goroutine_leaks", new Same("sluice_thread_leaks_total")),
          Map.entry("active_producer_connections", new Same("sluice_active_producer_connections")));

  private static final Pattern FIGURE = Pattern.compile("\"(\\w+)\" : ([0-9.]+)");

  @Test
  void whatComesAndGoesIsCountedUpAndDownAndWhatHappensOnlyUp() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of(Setting.MESSAGE_BUFFER_SIZE, "2"));
    Map<String, Double> idle = figures(gateway);
    assertThat(idle.keySet()).containsAll(IN_PROMETHEUS.keySet());

    // when two connections are used, three messages sent, one failure made, and two received
    RocketMQProxyBlockingV2Stub sender = gateway.calls();
    RocketMQProxyBlockingV2Stub receiver = gateway.calls();
    Served.sendAll(sender, Served.producer(sender, "t", "of its own"), 3);
    assertThat(Served.send(sender, Served.producer(sender), "").getSuccess()).isFalse();
    String consumer = Served.consumer(receiver);
    var stream = gateway.stream(receiver, consumer);
    String first = Served.next(stream).getReceiptHandle();
    Served.next(stream);

    // then
    await()
        .untilAsserted(
            () ->
                assertThat(figures(gateway))
                    .containsEntry("active_connections", 2d)
                    .containsEntry("total_connections", 2d)
                    .containsEntry("active_producers", 2d)
                    .containsEntry("active_consumers", 1d)
                    .containsEntry("messages_sent", 3d)
                    .containsEntry("messages_received", 2d)
                    .containsEntry("error_count", 1d)
                    .containsEntry("active_producer_connections", 2d));
    ack(receiver, consumer, first);
    Served.next(stream);
    await().untilAsserted(() -> assertThat(gateway.figure("channel_full_events")).isPositive());
    assertThat(gateway.figure("messages_per_second")).isPositive();
    assertThat(gateway.figure("avg_response_time_ms")).isPositive();

    // when all of them go
    gateway.closeClients();

    // then
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(figures(gateway))
                    .containsEntry("active_connections", 0d)
                    .containsEntry("active_producers", 0d)
                    .containsEntry("active_consumers", 0d)
                    .containsEntry("active_producer_connections", 0d)
                    .containsEntry("total_connections", 2d)
                    .containsEntry("messages_sent", 3d)
                    .containsEntry("messages_received", 3d)
                    .containsEntry("error_count", 1d));
    await().atMost(Served.PATIENCE).untilAsserted(() -> bothFormsAgree(gateway));
  }

  @Test
  void memoryAndThreadsAreThoseOfTheProcess() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    double memory = afterCollection(gateway);
    double threads = gateway.figure("goroutine_count");

    // when
    List<byte[]> held = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      held.add(new byte[1 << 20]);
    }
    CountDownLatch over = new CountDownLatch(1);
    Thread[] running = new Thread[100];
    for (int i = 0; i < running.length; i++) {
      running[i] =
          Thread.ofPlatform().daemon().start(() -> Uninterruptibles.awaitUninterruptibly(over));
    }

    // then
    assertThat(afterCollection(gateway)).isBetween(memory + 90, memory + 170);
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway.figure("goroutine_count"))
                    .isBetween(threads + 80, threads + 120));
    assertThat(held).hasSize(128);

    // when
    held.clear();
    over.countDown();
    for (Thread thread : running) {
      thread.join();
    }

    // then
    assertThat(afterCollection(gateway)).isLessThan(memory + 60);
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(
            () -> assertThat(gateway.figure("goroutine_count")).isLessThan(threads + 20));
  }

  private static double afterCollection(Served gateway) throws Exception {
    System.gc();
    return gateway.figure("memory_usage_mb");
  }

  private static void bothFormsAgree(Served gateway) throws Exception {
    Map<String, Double> figures = figures(gateway);
    for (Map.Entry<String, Same> each : IN_PROMETHEUS.entrySet()) {
      double sample = gateway.sample(each.getValue().series()) / each.getValue().times();
      double figure = Objects.requireNonNull(figures.get(each.getKey()));
      switch (each.getKey()) {
        case "goroutine_count" ->
            assertThat(figure)
                .isCloseTo(sample + gateway.sample("sluice_virtual_threads"), within(10d));
        // What is asked for leaves garbage.
        case "memory_usage_mb" -> assertThat(figure).isBetween(sample / 2, sample * 2);
        // It falls while nothing happens, and the other form is asked a moment later.
        case "messages_per_second" -> assertThat(figure).isCloseTo(sample, within(0.5));
        default -> assertThat(figure).as(each.getKey()).isCloseTo(sample, within(0.001));
      }
    }
  }

  /** All figures of one answer. */
  private static Map<String, Double> figures(Served gateway) throws Exception {
    return FIGURE
        .matcher(gateway.get("/metrics").body())
        .results()
        .collect(Collectors.toMap(found -> found.group(1), JsonFiguresTest::value));
  }

  private static double value(MatchResult found) {
    return Double.parseDouble(found.group(2));
  }

  private static void ack(RocketMQProxyBlockingV2Stub calls, String consumer, String handle)
      throws StatusException {
    assertThat(
            calls
                .ackMessage(
                    AckMessageRequest.newBuilder()
                        .setConsumerId(consumer)
                        .setReceiptHandle(handle)
                        .build())
                .getSuccess())
        .isTrue();
  }
}
