package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the cluster key does. */
class SecuritySettingsTest extends WithGateways {
  private static final String KEY = "0123456789abcdef".repeat(4);
  private static final String OTHER = "fedcba9876543210".repeat(4);

  @Test
  @Shows(Setting.CLUSTER_KEY)
  void gatewaysWithOneKeyTakeEachOthersIdsAndOthersDoNot() throws Exception {
    // given
    Served one = start(new MemorySystem(), Map.of(Setting.CLUSTER_KEY, KEY));
    Served same = start(new MemorySystem(), Map.of(Setting.CLUSTER_KEY, KEY));
    Served other = start(new MemorySystem(), Map.of(Setting.CLUSTER_KEY, OTHER));

    // when
    String producer = Served.producer(one.calls());

    // then
    assertThat(Served.send(same.calls(), producer, "x").getSuccess()).isTrue();
    assertThatThrownBy(() -> Served.send(other.calls(), producer, "x"))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void secretsAreInNoTextAboutTheSettings() {
    // given
    String token = "a-token-of-some-length";
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "CLUSTER_KEY",
                KEY,
                "DEBUG_TOKEN",
                token,
                "UPSTREAM_ACCESS_KEY",
                "gateway",
                "UPSTREAM_SECRET_KEY",
                "the-gateways-secret"));
    SettingValues values = SettingValues.read(Map.of(), Optional.empty(), environment);

    // when
    SettingsReport report = new SettingsReport(values);

    // then
    assertThat(report.text() + report.json() + Settings.of(values))
        .contains("(set, not shown)")
        .doesNotContain(KEY)
        .doesNotContain(token)
        .doesNotContain("the-gateways-secret");
  }
}
