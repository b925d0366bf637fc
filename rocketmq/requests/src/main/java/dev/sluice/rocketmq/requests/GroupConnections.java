package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The members of a consumer group, as one broker knows them by their heartbeats. What the group
 * subscribes to is kept once for all members: what the heartbeat with the newest version said, and
 * only the topics of the latest heartbeat.
 *
 * @param members who is connected; empty when nobody is
 * @param subscriptions by topic
 */
public record GroupConnections(
    List<Member> members, Map<String, Heartbeat.Subscription> subscriptions) {

  /** A group that nobody is a member of. */
  public static final GroupConnections NONE = new GroupConnections(List.of(), Map.of());

  /** Keeps both from changing. */
  public GroupConnections {
    members = List.copyOf(members);
    subscriptions = Map.copyOf(subscriptions);
  }

  /**
   * A member.
   *
   * @param clientId as its heartbeats name it
   * @param address where it is connected from
   */
  public record Member(String clientId, String address) {}

  /** Asks a broker; a group that nobody is a member of has none, and need not exist. */
  public record Get(String group) implements Request<GroupConnections> {
    @Override
    public int code() {
      return RequestCode.GET_CONSUMER_CONNECTION_LIST;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("consumerGroup", group);
    }

    @Override
    public GroupConnections read(RemotingCommand response) {
      if (response.code() == ResponseCode.CONSUMER_NOT_ONLINE) {
        return NONE;
      }
      return LenientJson.object(
          "group connections", response.requireSuccess(code()).body(), Get::connections);
    }

    private static GroupConnections connections(JsonParser in) throws IOException {
      List<Member> members = new ArrayList<>();
      Map<String, Heartbeat.Subscription> subscriptions = new LinkedHashMap<>();
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        switch (name) {
          case "connectionSet" -> LenientJson.objects(name, in, Get::member, members);
          case "subscriptionTable" -> subscriptions(name, in, subscriptions);
          default -> in.skipChildren();
        }
      }
      return new GroupConnections(members, subscriptions);
    }

    private static Member member(JsonParser in) throws IOException {
      String clientId = null;
      String address = "";
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        switch (name) {
          case "clientId" -> clientId = LenientJson.text(name, in);
          case "clientAddr" -> address = LenientJson.textOr(name, in, "");
          default -> in.skipChildren();
        }
      }
      return new Member(LenientJson.present("clientId", clientId), address);
    }

    private static void subscriptions(
        String what, JsonParser in, Map<String, Heartbeat.Subscription> into) throws IOException {
      if (!LenientJson.starts(JsonToken.START_OBJECT, what, in)) {
        return;
      }
      for (String topic = LenientJson.nextMember(in);
          topic != null;
          topic = LenientJson.nextMember(in)) {
        if (LenientJson.starts(JsonToken.START_OBJECT, topic, in)) {
          into.put(topic, subscription(topic, in));
        }
      }
    }

    private static Heartbeat.Subscription subscription(String topic, JsonParser in)
        throws IOException {
      String type = "TAG";
      String expression = "*";
      long version = 0;
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        switch (name) {
          case "expressionType" -> type = LenientJson.textOr(name, in, type);
          case "subString" -> expression = LenientJson.textOr(name, in, expression);
          case "subVersion" -> version = LenientJson.number(name, in, 0);
          default -> in.skipChildren();
        }
      }
      return new Heartbeat.Subscription(topic, type, expression, version);
    }
  }
}
