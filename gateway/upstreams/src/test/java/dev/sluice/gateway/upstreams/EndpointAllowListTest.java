package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointAllowListTest {

  private static final Set<String> SCHEMES = Set.of("rocketmq", "memory");

  private static EndpointAllowList list(String upstream, String... others) {
    return EndpointAllowList.of(SCHEMES, "rocketmq", upstream, List.of(others));
  }

  @ParameterizedTest
  @CsvSource({
    "broker, broker:9876",
    "BROKER.Example.com.:1234, broker.example.com:1234",
    "http://broker:9876/, broker:9876",
    "rocketmq://broker, broker:9876",
    "'b:2;a:1', 'a:1;b:2'",
    "'http://b:2 ; http://a:1;', 'a:1;b:2'",
    "'b:1;B.:1', b:1",
    "localhost:9876, 127.0.0.1:9876",
    "LOCALHOST, 127.0.0.1:9876",
    "10.1.2.3, 10.1.2.3:9876",
    "[::1]:9876, [0:0:0:0:0:0:0:1]:9876",
    "::1, [0:0:0:0:0:0:0:1]:9876",
    "[2001:DB8::5], [2001:db8:0:0:0:0:0:5]:9876",
    "name_server-1:9876, name_server-1:9876",
  })
  void endpointsAreComparedInOneForm(String text, String normal) {
    Endpoint endpoint = list("x", "*").resolve(text);
    assertThat(endpoint).isEqualTo(new Endpoint("rocketmq", normal));
    assertThat(list(text).resolve(normal)).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:0",
        "a:65536",
        "a:port",
        "a:1:b",
        "[::1",
        "[::1]9876",
        "[fe80::1%eth0]",
        "a b",
        "user@host",
        "host/path",
        "2130706433",
        "0x7f.1",
        "127.1",
        "256.1.1.1",
        "01.2.3.4",
        "-a",
        "a..b",
        ";",
        "://a",
        "[1.2.3.4]:80",
        "a\u00e9:1"
      })
  void malformedEndpointsAreRefused(String text) {
    assertThatThrownBy(() -> list("x", "*").resolve(text))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT))
        .hasMessageContaining("expected: ");
  }

  @Test
  void nothingAndDefaultMeanTheConfiguredUpstream() {
    var list = list("up:1");
    for (String text : List.of("", " ", "default", "DEFAULT")) {
      assertThat(list.resolve(text)).isEqualTo(list.upstream());
    }
    assertThat(list.upstream()).isEqualTo(new Endpoint("rocketmq", "up:1"));
  }

  @Test
  void onlyTheUpstreamAndWhatIsListedIsAllowedAddressByAddress() {
    var list = list("a:1;b:1", "c:1", "memory://m", "localhost");
    for (String text :
        List.of("a:1", "b:1;a:1", "http://c:1", "a:1;c:1", "memory://m", "127.0.0.1")) {
      assertThat(list.resolve(text)).isNotNull();
    }
    for (String text : List.of("a:2", "a:1;evil:1", "m", "memory://a:1", "169.254.169.254:80")) {
      assertThatThrownBy(() -> list.resolve(text))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.PERMISSION_DENIED))
          .hasMessageContaining("ALLOWED_ENDPOINTS / --allowed-endpoints");
    }
  }

  @Test
  void unknownSchemeNamesTheKnownOnes() {
    assertThatThrownBy(() -> list("x", "*").resolve("kafka://broker:9092"))
        .hasMessage("endpoint: kafka:// (expected: one of memory://, rocketmq://)");
    assertThatThrownBy(() -> list("x", "*").resolve("memory://a;rocketmq://b"))
        .hasMessageContaining("one scheme for all addresses");
  }

  @Test
  void tooLongEndpointIsRefused() {
    assertThatThrownBy(() -> list("x", "*").resolve("a".repeat(2000)))
        .hasMessage("endpoint: 2000 characters (expected: at most 1024)");
  }
}
