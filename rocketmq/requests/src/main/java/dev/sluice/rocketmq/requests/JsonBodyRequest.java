package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;

/** A request that says everything in a JSON body, and is answered with success alone. */
abstract class JsonBodyRequest implements Request<Done> {
  private final int code;
  private final byte[] body;

  JsonBodyRequest(int code, byte[] body) {
    this.code = code;
    this.body = body;
  }

  @Override
  public final int code() {
    return code;
  }

  @Override
  public final void writeFields(FieldWriter out) {}

  @Override
  public final int bodyLength() {
    return body.length;
  }

  @Override
  public final void writeBody(ByteBuf out) {
    out.writeBytes(body);
  }

  @Override
  public final Done read(RemotingCommand response) {
    response.requireSuccess(code);
    return Done.DONE;
  }
}
