package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedAddressTest {

  private static String advertised(Map<String, String> settings, int listening) {
    return Settings.read(Map.of(), Optional.empty(), settings)
        .network()
        .advertised()
        .withPort(listening);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:7",
    "127.0.0.2, 127.0.0.2:7",
    "::1, [0:0:0:0:0:0:0:1]:7",
  })
  void whereOneInterfaceIsNamedItIsThatWithThePortThatItListensOn(String bound, String expected) {
    assertThat(advertised(Map.of("BIND_ADDRESS", bound), 7)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void whereAllAreItIsAnAddressOfThisMachine(String all) throws Exception {
    // when
    String address = advertised(Map.of("BIND_ADDRESS", all), 50_051);

    // then
    assertThat(address)
        .endsWith(":50051")
        .isEqualTo(advertised(Map.of("BIND_ADDRESS", all), 50_051));
    InetAddress host =
        InetAddress.getByName(address.substring(0, address.length() - ":50051".length()));
    assertThat(host.isAnyLocalAddress()).isFalse();
    assertThat(NetworkInterface.getByInetAddress(host)).as(address).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gateway-1.example:443", "10.0.0.5:50051", "[fd00::5]:50051", "sluice_1:1"})
  void whatIsSetIsSaid(String address) {
    assertThat(advertised(Map.of("ADVERTISED_ADDRESS", address), 7)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gateway-1",
        "gateway-1:",
        ":50051",
        "gateway-1:0",
        "gateway-1:65536",
        "fd00::5:50051",
        "http://gateway-1:50051",
        "a b:1",
        "a:1,b:2",
        "a:99999999999"
      })
  void whatIsNoAddressIsRefused(String address) {
    assertThatThrownBy(() -> advertised(Map.of("ADVERTISED_ADDRESS", address), 7))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(
            "ADVERTISED_ADDRESS: "
                + address
                + " (expected: host:port by which other gateways reach this one, such as");
  }

  @Test
  void namesOfAnyLengthAreNotTaken() {
    assertThatThrownBy(() -> advertised(Map.of("ADVERTISED_ADDRESS", "a".repeat(300) + ":1"), 7))
        .isInstanceOf(InvalidSettingsException.class);
  }
}
