package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a start says of clusters that it cannot use; it leaves nothing open, which the loops check.
 */
class StartTest {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @Test
  void whatBrokersOfVersion4CanDoIsTold() throws IOException {
    try (ScriptedCluster cluster = ScriptedCluster.start("V4_9_7");
        UpstreamFixture fixture = UpstreamFixture.start(LOOPS, cluster.address())) {
      assertThat(fixture.capabilities.kind()).isEqualTo("RocketMQ 4.9.7");
      assertThat(fixture.capabilities.handlesAreLocal()).isTrue();
      assertThat(fixture.capabilities.exactDelay()).isFalse();
    }
  }

  @Test
  void aClusterOfBothKindsOfBrokersIsRefusedByNameAndVersion() throws IOException {
    try (ScriptedCluster cluster = ScriptedCluster.start("V5_5_0");
        ScriptedCluster other = ScriptedCluster.start("V4_9_7")) {
      cluster.knows(other);

      GatewayException failure = start(cluster.address());

      assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(failure)
          .hasMessage(
              "upstream: broker 'other-broker' at "
                  + other.address()
                  + " runs RocketMQ 4.9.7, and broker 'old-broker' at "
                  + cluster.address()
                  + " runs RocketMQ 5.5.0 (expected: 4.x on all of a cluster's brokers, or 5.0.0"
                  + " and later on all, as the two hand out messages in different ways)");
    }
  }

  @Test
  void aBrokerThatTellsNoVersionIsRefused() throws IOException {
    try (ScriptedCluster cluster = ScriptedCluster.start("")) {
      GatewayException failure = start(cluster.address());

      assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(failure).hasMessageContaining("of a version that it does not tell");
    }
  }

  @Test
  void aPortThatNobodyListensOnIsUnavailable() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    GatewayException failure = start("127.0.0.1:" + port);

    assertThat(failure.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.ENDPOINT);
    assertThat(failure).hasMessageContaining("127.0.0.1:" + port);
  }

  private static GatewayException start(String nameServers) {
    Upstream upstream =
        LOOPS.backend().connect(new UpstreamSpec(nameServers, "", Credentials.NONE));
    return UpstreamFixture.outcome(upstream::start).failure(UpstreamFixture.PATIENCE);
  }
}
