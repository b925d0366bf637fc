package dev.sluice.gateway.server;

import dev.sluice.gateway.upstreams.TopicMetrics;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;

/**
 * The series by method and by topic, and the histograms, made of our own counters when a scraper
 * asks.
 */
final class LabelledSeries implements MultiCollector {
  private static final double NANOS = 1e9;

  private final Observations observed;

  LabelledSeries(Observations observed) {
    this.observed = observed;
  }

  @Override
  public MetricSnapshots collect() {
    var all = MetricSnapshots.builder();
    addCalls(all);
    all.metricSnapshot(histogram("sluice_send_seconds", observed.sends()));
    all.metricSnapshot(histogram("sluice_ack_seconds", observed.acks()));
    Map<String, TopicMetrics.Topic> topics = observed.core().topics().all();
    for (Count count : Count.values()) {
      all.metricSnapshot(byTopic(count, topics));
    }
    return all.build();
  }

  private void addCalls(MetricSnapshots.Builder all) {
    var calls = CounterSnapshot.builder().name("sluice_grpc_calls");
    var failures = CounterSnapshot.builder().name("sluice_grpc_failures");
    var latencies = HistogramSnapshot.builder().name("sluice_grpc_call_seconds");
    observed
        .calls()
        .methods()
        .forEach(
            (name, method) -> {
              calls.dataPoint(counted(Labels.of("method", name), method.calls()));
              method
                  .failures()
                  .forEach(
                      (reason, count) ->
                          failures.dataPoint(
                              counted(Labels.of("method", name, "reason", reason), count)));
              if (method.timed()) {
                latencies.dataPoint(point(Labels.of("method", name), method.latencies()));
              }
            });
    all.metricSnapshot(calls.build());
    all.metricSnapshot(failures.build());
    all.metricSnapshot(latencies.build());
  }

  private static CounterSnapshot byTopic(Count count, Map<String, TopicMetrics.Topic> topics) {
    var series =
        CounterSnapshot.builder()
            .name("sluice_topic_messages_" + count.name().toLowerCase(Locale.ROOT));
    topics.forEach(
        (name, topic) -> series.dataPoint(counted(Labels.of("topic", name), topic.value(count))));
    return series.build();
  }

  private static HistogramSnapshot histogram(String name, LatencyHistogram latencies) {
    return HistogramSnapshot.builder().name(name).dataPoint(point(Labels.EMPTY, latencies)).build();
  }

  private static CounterDataPointSnapshot counted(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }

  private static HistogramDataPointSnapshot point(Labels labels, LatencyHistogram latencies) {
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(
            ClassicHistogramBuckets.of(LatencyHistogram.bounds(), latencies.counts()))
        .sum(latencies.nanos() / NANOS)
        .build();
  }
}
