package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A request as the modules above make them, with every kind of field. */
record SampleRequest(int code, Consumer<FieldWriter> fields, ByteBuffer body)
    implements Request<RemotingCommand> {

  /** Asks a name server for a topic. */
  static SampleRequest route(String topic) {
    return new SampleRequest(
        RequestCode.GET_ROUTEINFO_BY_TOPIC,
        out -> out.field("topic", topic).field("acceptStandardJsonOnly", true),
        RemotingCommand.NO_BODY);
  }

  @Override
  public void writeFields(FieldWriter out) {
    fields.accept(out);
  }

  @Override
  public int bodyLength() {
    return body.remaining();
  }

  @Override
  public void writeBody(ByteBuf out) {
    out.writeBytes(body.duplicate());
  }

  @Override
  public RemotingCommand read(RemotingCommand response) {
    return response;
  }
}
