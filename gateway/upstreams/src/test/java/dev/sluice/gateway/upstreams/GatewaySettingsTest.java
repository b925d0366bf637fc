package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.upstreams.GatewaySettings.SendSettings;
import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {

  @Test
  void wrongValueIsNamedWithItsBounds() {
    var d = SendSettings.DEFAULTS;
    assertThatThrownBy(() -> new SendSettings(0, d.flushInterval(), 1, 1, 1, d.timeout()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchSize: 0 (expected: 1 to 100000)");
    assertThatThrownBy(() -> new SendSettings(1, Duration.ofMinutes(2), 1, 1, 1, d.timeout()))
        .hasMessage("flushInterval: 120s (expected: 0s to 60s)");
    assertThatThrownBy(
            () ->
                new UpstreamSettings(
                    Duration.ofMillis(99), Duration.ofSeconds(1), Duration.ofSeconds(1), 1))
        .hasMessage("producerIdle: 99ms (expected: 100ms to 24h)");
    assertThatThrownBy(
            () ->
                new UpstreamSettings(
                    Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 0))
        .hasMessage("maximum: 0 (expected: 1 to 1000000)");
  }

  @Test
  void oneGroupOfSettingsIsReplacedAlone() {
    var upstream =
        new UpstreamSettings(
            Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 4);
    var settings = GatewaySettings.DEFAULTS.with(upstream);
    assertThat(settings.upstream()).isEqualTo(upstream);
    assertThat(settings.send()).isEqualTo(SendSettings.DEFAULTS);
  }
}
