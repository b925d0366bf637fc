package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;

class EveryKindOn4Test extends EveryKindContract {
  EveryKindOn4Test() {
    super(RocketMQVersion.V4);
  }
}
