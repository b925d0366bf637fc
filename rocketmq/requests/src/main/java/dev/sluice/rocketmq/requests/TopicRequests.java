package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Requests that create topics and ask about them. */
public final class TopicRequests {
  private TopicRequests() {}

  /**
   * Creates a topic on a broker or changes it. Name servers know it a moment later, when the broker
   * has told them.
   */
  public record CreateTopic(TopicConfig config) implements Request<Done> {
    @Override
    public int code() {
      return RequestCode.UPDATE_AND_CREATE_TOPIC;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", config.topic())
          .field("defaultTopic", TopicTemplate.DEFAULT.topic())
          .field("readQueueNums", config.readQueues())
          .field("writeQueueNums", config.writeQueues())
          .field("perm", config.permission())
          .field("topicFilterType", "SINGLE_TAG")
          .field("topicSysFlag", 0)
          .field("order", config.ordered())
          .field("attributes", config.attributesToSet());
    }

    @Override
    public Done read(RemotingCommand response) {
      response.requireSuccess(code());
      return Done.DONE;
    }
  }

  /**
   * Asks a broker for a topic's configuration (5.x). Refused with {@link
   * ResponseCode#TOPIC_NOT_EXIST} when the broker has no such topic.
   */
  public record GetTopicConfig(String topic) implements Request<TopicConfig> {
    @Override
    public int code() {
      return RequestCode.GET_TOPIC_CONFIG;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic);
    }

    @Override
    public TopicConfig read(RemotingCommand response) {
      return TopicConfig.parse(response.requireSuccess(code()).body());
    }
  }

  /** Asks a name server for the names of all topics, the system's own included. */
  public record ListTopics() implements Request<List<String>> {
    @Override
    public int code() {
      return RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public List<String> read(RemotingCommand response) {
      return LenientJson.object(
          "topic list", response.requireSuccess(code()).body(), ListTopics::names);
    }

    private static List<String> names(JsonParser in) throws IOException {
      List<String> topics = new ArrayList<>();
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        if (name.equals("topicList")) {
          LenientJson.texts(name, in, topics);
        } else {
          in.skipChildren();
        }
      }
      return List.copyOf(topics);
    }
  }
}
