package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The figures of {@code /metrics} as JSON, under the names that existing dashboards of such proxies
 * know, and a few more. docs/metrics.md tells what each is.
 */
final class MetricsReport {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double MEGABYTE = 1 << 20;

  private final Observations observed;

  MetricsReport(Observations observed) {
    this.observed = observed;
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
  private Map<String, Number> figures() {
    GatewayMetrics core = observed.core();
    int platform = ThreadCounts.platform();
    int virtual = observed.threads().virtual();
    Map<String, Number> figures = new LinkedHashMap<>();
    figures.put("active_connections", core.value(Counter.ACTIVE_CONNECTIONS));
    figures.put("total_connections", core.value(Counter.CONNECTIONS_OPENED));
    figures.put("active_producers", core.value(Counter.ACTIVE_PRODUCERS));
    figures.put("active_consumers", core.value(Counter.ACTIVE_CONSUMERS));
    figures.put("messages_sent", core.value(Counter.MESSAGES_SENT));
    figures.put("messages_received", core.value(Counter.MESSAGES_RECEIVED));
    figures.put("messages_per_second", observed.rates().messagesPerSecond());
    figures.put("avg_response_time_ms", observed.rates().averageResponseMillis());
    figures.put("error_count", observed.errors());
    figures.put("goroutine_count", platform + virtual);
    figures.put("memory_usage_mb", Observations.heapBytes() / MEGABYTE);
    figures.put("producer_leak_detections", observed.producerLeaks());
    figures.put("consumer_leak_detections", observed.consumerLeaks());
    figures.put("channel_full_events", core.value(Counter.CHANNEL_FULL_EVENTS));
    figures.put("goroutine_leaks", observed.threads().leaks());
    figures.put("active_producer_connections", observed.producerConnections());
    figures.put("platform_threads", platform);
    figures.put("virtual_threads", virtual);
    figures.put("resident_memory_mb", Observations.residentBytes() / MEGABYTE);
    figures.put("active_streams", core.value(Counter.ACTIVE_STREAMS));
    figures.put("messages_acked", core.value(Counter.MESSAGES_ACKED));
    figures.put("other_leak_detections", observed.otherLeaks());
    return figures;
  }
}
