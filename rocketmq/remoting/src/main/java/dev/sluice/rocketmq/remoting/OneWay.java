package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;

/**
 * A request to which no answer comes, so that a call of it is done with {@link Done}.
 *
 * @param request what is sent
 */
record OneWay(Request<?> request) implements Request<Done> {
  @Override
  public int code() {
    return request.code();
  }

  @Override
  public void writeFields(FieldWriter out) {
    request.writeFields(out);
  }

  @Override
  public int bodyLength() {
    return request.bodyLength();
  }

  @Override
  public void writeBody(ByteBuf out) {
    request.writeBody(out);
  }

  @Override
  public Done read(RemotingCommand response) {
    return Done.DONE;
  }
}
