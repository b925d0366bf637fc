package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Seeds;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is sent to whichever RPC of any service, it is answered, and nothing is left of it. The
 * short form of {@link RpcFuzzTest}.
 */
class RandomCallsTest {
  private static final int CALLS = 3000;
  private static final long MAX_GROWTH = 64L << 20;

  @TempDir private Path folder;

  /** Those that come with gRPC. */
  private static final String GRPC = "grpc.";

  @Test
  void everyServiceThatIsServedIsCalled(Seeds seeds) throws Exception {
    FuzzedGateway gateway = FuzzedGateway.start(folder);
    assertThat(gateway.servedServices())
        .filteredOn(service -> !service.startsWith(GRPC))
        .containsExactlyInAnyOrderElementsOf(FuzzedGateway.calledServices());
    gateway.stop(Choices.of(seeds));
  }

  @Test
  void everyCallIsAnsweredAndLeavesNothing(Seeds seeds) throws Exception {
    // given
    FuzzedGateway gateway = FuzzedGateway.start(folder);
    Choices choices = Choices.of(seeds);
    for (int i = 0; i < CALLS / 2; i++) {
      gateway.call(choices);
    }
    long halfWay = heapInUse();

    // when
    for (int i = 0; i < CALLS / 2; i++) {
      gateway.call(choices);
    }

    // then messages got through among all that, and nothing grew
    for (String name : List.of("messages_sent", "messages_received", "messages_acked")) {
      assertThat(gateway.figure(name)).as(name).isPositive();
    }
    assertThat(heapInUse()).isLessThan(halfWay + MAX_GROWTH);
    assertThat(gateway.fewestAnswers()).as("answers of the least answered RPC").isPositive();
    gateway.stop(choices);
  }

  private static long heapInUse() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
