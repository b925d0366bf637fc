package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import org.jspecify.annotations.Nullable;

/**
 * Takes a client's groups back from a broker ({@link RequestCode#UNREGISTER_CLIENT}).
 *
 * @param clientId the client, as its heartbeats named it
 * @param producerGroup the producer group that it leaves, or null
 * @param consumerGroup the consumer group that it leaves, or null
 */
public record UnregisterClient(
    String clientId, @Nullable String producerGroup, @Nullable String consumerGroup)
    implements Request<Done> {
  @Override
  public int code() {
    return RequestCode.UNREGISTER_CLIENT;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("clientID", clientId)
        .field("producerGroup", producerGroup)
        .field("consumerGroup", consumerGroup);
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code());
    return Done.DONE;
  }
}
