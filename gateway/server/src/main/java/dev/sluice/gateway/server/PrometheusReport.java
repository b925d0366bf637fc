package dev.sluice.gateway.server;

import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
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
import java.util.concurrent.TimeUnit;

/**
 * The same figures and more as Prometheus or OpenMetrics text. Everything is read from the counters
 * that there are when a scraper asks; nothing is recorded twice. Made at the first scrape.
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

  PrometheusReport(
      Gateway gateway, CallStatistics calls, Rates rates, Ledger ledger, Settings.Network network) {
    bindCore(gateway.metrics());
    bindCalls(calls);
    gauge("messages.per.second", rates, Rates::messagesPerSecond);
    gauge("response.time.average.milliseconds", rates, Rates::averageResponseMillis);
    gauge("connections.maximum", network, Settings.Network::maxConnections);
    gauge(
        "ledger.open",
        ledger,
        open -> open.snapshot().kinds().values().stream().mapToLong(Kind::open).sum());
    gauge("ledger.faults", ledger, Ledger::faults);
    gauge("resident.memory.bytes", this, report -> MetricsReport.residentBytes());
    gauge("virtual.threads.running", this, report -> MetricsReport.virtualThreads());
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
        FunctionCounter.builder("sluice." + name, metrics, each -> each.value(counter))
            .register(registry);
      }
    }
  }

  private void bindCalls(CallStatistics calls) {
    calls
        .methods()
        .forEach(
            (name, method) -> {
              FunctionCounter.builder(
                      "sluice.grpc.failures", method, CallStatistics.Method::failures)
                  .tag("method", name)
                  .register(registry);
              FunctionTimer.builder(
                      "sluice.grpc.calls",
                      method,
                      CallStatistics.Method::calls,
                      CallStatistics.Method::nanos,
                      TimeUnit.NANOSECONDS)
                  .tag("method", name)
                  .register(registry);
              if (method.timed()) {
                bindBuckets(name, method);
              }
            });
  }

  private void bindBuckets(String name, CallStatistics.Method method) {
    for (int i = 0; i < CallStatistics.BOUNDS.length; i++) {
      int bound = i;
      FunctionCounter.builder("sluice.grpc.calls.within", method, each -> each.atMost(bound))
          .tag("method", name)
          .tag("seconds", Double.toString(CallStatistics.BOUNDS[i] / 1e6))
          .register(registry);
    }
  }

  private <T> void gauge(String name, T of, java.util.function.ToDoubleFunction<T> value) {
    Gauge.builder("sluice." + name, of, value).register(registry);
  }
}
