package dev.sluice.rocketmq.remoting;

import dev.sluice.engines.SharedEngine;

class ClassicMembers4Test extends ClassicMembersTest {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
