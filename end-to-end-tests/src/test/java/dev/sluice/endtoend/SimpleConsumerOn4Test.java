package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

class SimpleConsumerOn4Test extends SimpleConsumerContract {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway(RocketMQVersion.V4);

  @Override
  SharedGateway shared() {
    return SHARED;
  }

  /** These brokers cannot be told of a group that it does: the gateway is. */
  @Override
  String orderedGroup() {
    return SharedGateway.ORDERED_ON_4;
  }
}
