package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProvidersTest {

  @Test
  void withoutTheArtifactItSaysWhichOneIsMissing() {
    MemoryOptions options = MemoryOptions.of(BusOptions.of("group", "topic"));

    assertThatThrownBy(() -> EventBus.memory(options))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("MemoryOptions")
        .hasMessageContaining("dev.sluice:sluice-eventbus-memory");
  }
}
