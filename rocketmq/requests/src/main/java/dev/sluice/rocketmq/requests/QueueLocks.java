package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Requests of classic members about queues that one of them alone may consume. A broker keeps a
 * lock for a minute after it was last asked for.
 */
public final class QueueLocks {
  private QueueLocks() {}

  /**
   * A queue as these requests name it.
   *
   * @param brokerName the broker set that has it
   */
  public record Queue(String topic, String brokerName, int queueId) {}

  /**
   * Locks queues for a member, or renews its locks ({@link RequestCode#LOCK_BATCH_MQ}); answered
   * with those that it holds now.
   */
  public static final class Lock implements Request<List<Queue>> {
    private final byte[] body;

    /**
     * A request for these queues.
     *
     * @param clientId the member
     * @param queues all on the broker that is asked
     */
    public Lock(String group, String clientId, Collection<Queue> queues) {
      this.body = body(group, clientId, queues);
    }

    @Override
    public int code() {
      return RequestCode.LOCK_BATCH_MQ;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public int bodyLength() {
      return body.length;
    }

    @Override
    public void writeBody(ByteBuf out) {
      out.writeBytes(body);
    }

    @Override
    public List<Queue> read(RemotingCommand response) {
      return LenientJson.object(
          "locked queues", response.requireSuccess(code()).body(), QueueLocks::locked);
    }
  }

  /** Gives up the locks of queues ({@link RequestCode#UNLOCK_BATCH_MQ}), also those not held. */
  public static final class Unlock extends JsonBodyRequest {
    /** A request for these queues. */
    public Unlock(String group, String clientId, Collection<Queue> queues) {
      super(RequestCode.UNLOCK_BATCH_MQ, body(group, clientId, queues));
    }
  }

  private static byte[] body(String group, String clientId, Collection<Queue> queues) {
    return JsonBody.write(
        out -> {
          out.writeStringField("consumerGroup", group);
          out.writeStringField("clientId", clientId);
          out.writeBooleanField("onlyThisBroker", false);
          out.writeArrayFieldStart("mqSet");
          for (Queue queue : queues) {
            write(queue, out);
          }
          out.writeEndArray();
        });
  }

  private static void write(Queue queue, JsonGenerator out) throws IOException {
    out.writeStartObject();
    writeMembers(queue, out);
    out.writeEndObject();
  }

  /** Writes what names a queue, into an object that has begun. */
  static void writeMembers(Queue queue, JsonGenerator out) throws IOException {
    out.writeStringField("topic", queue.topic());
    out.writeStringField("brokerName", queue.brokerName());
    out.writeNumberField("queueId", queue.queueId());
  }

  private static List<Queue> locked(JsonParser in) throws IOException {
    List<Queue> queues = new ArrayList<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (name.equals("lockOKMQSet")) {
        LenientJson.objects(name, in, QueueLocks::queue, queues);
      } else {
        in.skipChildren();
      }
    }
    return queues;
  }

  private static Queue queue(JsonParser in) throws IOException {
    String topic = null;
    String broker = null;
    int id = -1;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "topic" -> topic = LenientJson.text(name, in);
        case "brokerName" -> broker = LenientJson.text(name, in);
        case "queueId" -> id = LenientJson.integer(name, in, -1);
        default -> in.skipChildren();
      }
    }
    return new Queue(
        LenientJson.present("topic", topic), LenientJson.present("brokerName", broker), id);
  }
}
