package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The figures of {@code /metrics} as JSON, under the names that existing dashboards of such proxies
 * know.
 */
final class MetricsReport {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Path STATUS = Path.of("/proc/self/status");

  private final Gateway gateway;
  private final CallStatistics calls;
  private final Rates rates;
  private final Ledger ledger;

  MetricsReport(Gateway gateway, CallStatistics calls, Rates rates, Ledger ledger) {
    this.gateway = gateway;
    this.calls = calls;
    this.rates = rates;
    this.ledger = ledger;
  }

  /** One object with a number for each name. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      for (Map.Entry<String, Number> figure : figures().entrySet()) {
        json.writeFieldName(figure.getKey());
        if (figure.getValue() instanceof Double fraction) {
          json.writeNumber(BigDecimal.valueOf(fraction).setScale(3, RoundingMode.HALF_UP));
        } else {
          json.writeNumber(figure.getValue().longValue());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  /** All figures, in a fixed order. */
  Map<String, Number> figures() {
    GatewayMetrics metrics = gateway.metrics();
    int platform = ManagementFactory.getThreadMXBean().getThreadCount();
    long virtual = virtualThreads();
    Map<String, Number> figures = new LinkedHashMap<>();
    figures.put("active_connections", metrics.value(Counter.ACTIVE_CONNECTIONS));
    figures.put("total_connections", metrics.value(Counter.CONNECTIONS_OPENED));
    figures.put("active_producers", metrics.value(Counter.ACTIVE_PRODUCERS));
    figures.put("active_consumers", metrics.value(Counter.ACTIVE_CONSUMERS));
    figures.put("messages_sent", metrics.value(Counter.MESSAGES_SENT));
    figures.put("messages_received", metrics.value(Counter.MESSAGES_RECEIVED));
    figures.put("messages_per_second", rates.messagesPerSecond());
    figures.put("avg_response_time_ms", rates.averageResponseMillis());
    figures.put("error_count", errors());
    figures.put("goroutine_count", platform + virtual);
    figures.put("memory_usage_mb", heapBytes() / 1048576.0);
    figures.put("producer_leak_detections", metrics.value(Counter.PRODUCER_LEAKS));
    figures.put("consumer_leak_detections", metrics.value(Counter.CONSUMER_LEAKS));
    figures.put("channel_full_events", metrics.value(Counter.CHANNEL_FULL_EVENTS));
    figures.put("goroutine_leaks", ledger.leaks("thread"));
    figures.put("active_producer_connections", ledger.open(ResourceKinds.UPSTREAM));
    figures.put("platform_threads", platform);
    figures.put("virtual_threads", virtual);
    figures.put("resident_memory_mb", residentBytes() / 1048576.0);
    figures.put("active_streams", metrics.value(Counter.ACTIVE_STREAMS));
    figures.put("messages_acked", metrics.value(Counter.MESSAGES_ACKED));
    return figures;
  }

  /** Calls that failed, and messages and acknowledgements that were answered with a failure. */
  private long errors() {
    GatewayMetrics metrics = gateway.metrics();
    return calls.failures()
        + metrics.value(Counter.SEND_FAILURES)
        + metrics.value(Counter.ACK_FAILURES)
        + metrics.value(Counter.POLL_FAILURES);
  }

  static long heapBytes() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Those that run or want to; parked ones have no thread, and Java does not count them. */
  static long virtualThreads() {
    var scheduler =
        ManagementFactory.getPlatformMXBean(jdk.management.VirtualThreadSchedulerMXBean.class);
    return scheduler == null
        ? 0
        : Math.max(0, scheduler.getMountedVirtualThreadCount())
            + Math.max(0, scheduler.getQueuedVirtualThreadCount());
  }

  /** The memory that the process has; 0 where the system does not tell. */
  static long residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
