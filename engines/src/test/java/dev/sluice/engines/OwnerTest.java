package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {
  @Test
  void survivesBeingWrittenDown() {
    Owner owner = Owner.thisProcess();
    assertThat(Owner.parse(owner.format())).isEqualTo(owner);
    assertThat(owner.isAlive()).isTrue();
  }

  @Test
  void isNotAnotherProcessThatWasGivenItsNumber() {
    Owner now = Owner.thisProcess();
    assertThat(new Owner(now.pid(), now.started() - 60_000).isAlive()).isFalse();
  }
}
