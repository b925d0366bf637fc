package dev.sluice.gateway.server;

import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Ledger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The same figures and more as Prometheus or OpenMetrics text. Everything is read from the counters
 * that there are when a scraper asks; nothing is recorded twice. Made at the first scrape.
 * docs/metrics.md tells what each is.
 */
final class PrometheusReport {
  private static final Set<Counter> GAUGES =
      Set.of(
          Counter.ACTIVE_CONNECTIONS,
          Counter.ACTIVE_PRODUCERS,
          Counter.ACTIVE_CONSUMERS,
          Counter.ACTIVE_STREAMS,
          Counter.ACTIVE_UPSTREAMS);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Observations observed;

  PrometheusReport(Observations observed) {
    this.observed = observed;
    bindCore(observed.core());
    bindOurs();
    registry.getPrometheusRegistry().register(new LabelledSeries(observed));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** The text in the form that the scraper accepts, by its content type. */
  String text(String contentType) {
    return registry.scrape(contentType);
  }

  private void bindCore(GatewayMetrics metrics) {
    for (Counter counter : Counter.values()) {
      String name = counter.name().toLowerCase(Locale.ROOT).replace('_', '.');
      if (GAUGES.contains(counter)) {
        gauge(name, metrics, each -> each.value(counter));
      } else {
        counter(name, metrics, each -> each.value(counter));
      }
    }
  }

  private void bindOurs() {
    gauge("active.producer.connections", observed, Observations::producerConnections);
    gauge("connections.maximum", observed, Observations::maxConnections);
    gauge("messages.per.second", observed.rates(), Rates::messagesPerSecond);
    gauge("response.time.average.milliseconds", observed.rates(), Rates::averageResponseMillis);
    gauge("memory.used.bytes", observed, all -> Observations.heapBytes());
    gauge("memory.maximum.bytes", observed, all -> Observations.maximumHeapBytes());
    gauge("resident.memory.bytes", observed, all -> Observations.residentBytes());
    gauge("platform.threads", observed, all -> ThreadCounts.platform());
    gauge("virtual.threads", observed.threads(), ThreadCounts::virtual);
    gauge("ledger.open", observed, Observations::open);
    counter("ledger.faults", observed.ledger(), Ledger::faults);
    counter("errors", observed, Observations::errors);
    counter("producer.leaks", observed, Observations::producerLeaks);
    counter("consumer.leaks", observed, Observations::consumerLeaks);
    counter("thread.leaks", observed.threads(), ThreadCounts::leaks);
    counter("other.leaks", observed, Observations::otherLeaks);
  }

  private <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
    Gauge.builder("sluice." + name, of, value).register(registry);
  }

  private <T> void counter(String name, T of, ToDoubleFunction<T> value) {
    FunctionCounter.builder("sluice." + name, of, value).register(registry);
  }
}
