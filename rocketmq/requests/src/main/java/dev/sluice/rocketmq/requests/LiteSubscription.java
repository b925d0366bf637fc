package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.RequestCode;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Changes what lite topics a client is subscribed to ({@link RequestCode#LITE_SUBSCRIPTION_CTL},
 * 5.5). The broker tells on the connection that the last change came on when it takes one away
 * ({@link LiteTakenAway}), and forgets a client that it has not heard of for some minutes.
 */
public final class LiteSubscription extends JsonBodyRequest {

  /** What is to be done. */
  public enum Action {
    /** These too. */
    PARTIAL_ADD,
    /** These no longer. */
    PARTIAL_REMOVE,
    /** These and no others. */
    COMPLETE_ADD,
    /** None, and the client is gone. */
    COMPLETE_REMOVE
  }

  /**
   * Where the group begins with the lite topics that are added; else it goes on where it was.
   *
   * @param kind how the number is meant
   */
  public record Start(Kind kind, long value) {
    /** How it is meant. */
    public enum Kind {
      /** 0 where the group was, 1 at the beginning, 2 at the end. */
      POLICY,
      /** At this offset. */
      OFFSET,
      /** So many before where the group was. */
      TAIL_N,
      /** At this time, in milliseconds since 1970. */
      TIMESTAMP
    }
  }

  private LiteSubscription(byte[] body) {
    super(RequestCode.LITE_SUBSCRIPTION_CTL, body);
  }

  /**
   * A change.
   *
   * @param version grows with each change of the client
   */
  public static LiteSubscription of(
      Action action,
      String clientId,
      String group,
      String topic,
      Collection<String> liteTopics,
      @Nullable Start start,
      long version) {
    return new LiteSubscription(
        JsonBody.write(
            out -> {
              out.writeArrayFieldStart("subscriptionSet");
              out.writeStartObject();
              out.writeStringField("action", action.name());
              out.writeStringField("clientId", clientId);
              out.writeStringField("group", group);
              out.writeStringField("topic", topic);
              out.writeArrayFieldStart("liteTopicSet");
              for (String each : liteTopics) {
                out.writeString(each);
              }
              out.writeEndArray();
              if (start != null) {
                out.writeObjectFieldStart("offsetOption");
                out.writeStringField("type", start.kind().name());
                out.writeNumberField("value", start.value());
                out.writeEndObject();
              }
              out.writeNumberField("version", version);
              out.writeEndObject();
              out.writeEndArray();
            }));
  }
}
