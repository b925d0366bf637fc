package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On RocketMQ 4, where a message waits for ten seconds at first. */
class PushConsumerOn4Test extends PushConsumerContract {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway(RocketMQVersion.V4);

  private static final PushConsumers CONSUMERS = new PushConsumers();

  @AfterAll
  static void leave() {
    CONSUMERS.leave();
  }

  @Override
  SharedGateway shared() {
    return SHARED;
  }

  @Override
  PushConsumers consumers() {
    return CONSUMERS;
  }

  @Override
  String newGroup() {
    return operator.newGroup("push", false, attempts() - 1);
  }

  @Override
  int attempts() {
    return 2;
  }
}
