package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressCountsTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3",
    "::ffff:10.1.2.3, 10.1.2.3",
    "2001:db8:0:1:aaaa::1, 2001:db8:0:1:0:0:0:0/64",
    "2001:db8:0:1:bbbb::2, 2001:db8:0:1:0:0:0:0/64",
    "2001:db8:0:2::1, 2001:db8:0:2:0:0:0:0/64",
    "::1, 0:0:0:0:0:0:0:1",
  })
  void addressesOfOneNetworkCountTogether(String address, String origin) {
    assertThat(AddressCounts.origin(new InetSocketAddress(InetAddress.ofLiteral(address), 1)))
        .isEqualTo(origin);
  }

  @Test
  void eachHasItsOwnMostAndNothingIsKeptOfThoseWhoLeft() {
    AddressCounts counts = new AddressCounts(2);

    assertThat(counts.enter("a")).isTrue();
    assertThat(counts.enter("a")).isTrue();
    assertThat(counts.enter("a")).isFalse();
    assertThat(counts.enter("b")).isTrue();
    counts.leave("a");
    assertThat(counts.enter("a")).isTrue();
    counts.leave("a");
    counts.leave("a");
    counts.leave("b");
    assertThat(counts.isEmpty()).isTrue();
  }
}
