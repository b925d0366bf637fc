package dev.sluice.eventbus.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.testkit.TestCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that talks TLS, and wants to see a certificate of who calls. */
class TlsTest {
  /** What is told nothing takes all of it. */
  private static final Duration SHORT = Duration.ofSeconds(4);

  @TempDir private Path directory;

  private final TestCertificate authority = TestCertificate.authority("nats");
  private final TestCertificate member = authority.signs("member");

  @Test
  void aKnownServerIsTalkedToAndIsShownWhoCalls() throws Exception {
    try (NatsEngine engine = engine(authority.signs("server"));
        EventBus bus = bus(engine, authority, TestBuses.PATIENCE)) {
      assertThat(bus.publish("orders", OutboundMessage.of("k", new byte[10])).get().offset())
          .isEqualTo(1);
    }
  }

  @Test
  void aServerThatNobodyVouchesForIsToldNothing() throws Exception {
    try (NatsEngine engine = engine(authority.signs("server"));
        EventBus bus = bus(engine, TestCertificate.authority("other"), SHORT)) {
      assertTellsNothing(bus);
    }
  }

  @Test
  void aServerWithAnotherHostsCertificateIsToldNothing() throws Exception {
    TestCertificate of = authority.signs("server", "elsewhere", Instant.now().plusSeconds(3600));
    try (NatsEngine engine = engine(of);
        EventBus bus = bus(engine, authority, SHORT)) {
      assertTellsNothing(bus);
    }
  }

  private static void assertTellsNothing(EventBus bus) {
    assertThatThrownBy(() -> bus.publish("orders", OutboundMessage.of("k", new byte[10])).get())
        .cause()
        .isInstanceOfSatisfying(
            EventBusException.class,
            e -> assertThat(e.category()).isEqualTo(EventBusException.Category.UNAVAILABLE));
  }

  private NatsEngine engine(TestCertificate certificate) throws Exception {
    certificate.writeTo(directory, "server");
    authority.writeTo(directory, "authority");
    return NatsEngine.start(
        NatsEngineOptions.in(directory.resolve("data"))
            .configuration(
                "tls { cert_file: \"%1$s/server.crt\", key_file: \"%1$s/server.key\","
                        .formatted(directory)
                    + " ca_file: \"%1$s/authority.crt\", verify: true }".formatted(directory)));
  }

  private EventBus bus(NatsEngine engine, TestCertificate trusted, Duration publishTimeout) {
    EventBus bus =
        EventBus.nats(
            NatsOptions.of(
                    BusOptions.of("group").publishTimeout(publishTimeout),
                    engine.url().replace("nats:", "tls:"))
                .tls(TestCertificate.client(trusted, member)));
    bus.start();
    return bus;
  }
}
