package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;

class EveryKindOn5Test extends EveryKindContract {
  EveryKindOn5Test() {
    super(RocketMQVersion.V5);
  }
}
