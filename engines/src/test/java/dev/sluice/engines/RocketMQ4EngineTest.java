package dev.sluice.engines;

class RocketMQ4EngineTest extends RocketMQEngineContract {
  RocketMQ4EngineTest() {
    super(RocketMQVersion.V4, "DELAY\u00012"); // the second level, of 5 s
  }
}
