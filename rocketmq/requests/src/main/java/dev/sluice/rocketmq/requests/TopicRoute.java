package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a topic lives, as a name server tells it. Immutable.
 *
 * @param queues how many queues each broker has of it
 * @param brokers the brokers, with their addresses
 * @param orderConfiguration the fixed allocation of an ordered topic, mostly absent
 */
public record TopicRoute(
    List<QueueData> queues, List<BrokerData> brokers, @Nullable String orderConfiguration) {

  /** The id of a broker's master among its addresses. */
  public static final long MASTER_ID = 0;

  /** Keeps the lists from changing. */
  public TopicRoute {
    queues = List.copyOf(queues);
    brokers = List.copyOf(brokers);
  }

  /**
   * The queues of one broker.
   *
   * @param permission see {@link #isReadable} and {@link #isWritable}
   */
  public record QueueData(
      String brokerName, int readQueues, int writeQueues, int permission, int topicSystemFlag) {
    private static final int READ = 1 << 2;
    private static final int WRITE = 1 << 1;

    /** Whether messages may be taken from the queues. */
    public boolean isReadable() {
      return (permission & READ) != 0;
    }

    /** Whether messages may be sent to the queues. */
    public boolean isWritable() {
      return (permission & WRITE) != 0;
    }
  }

  /**
   * A broker: a master and its replicas under one name.
   *
   * @param addresses {@code host:port} by id; {@value #MASTER_ID} is the master
   */
  public record BrokerData(String cluster, String brokerName, Map<Long, String> addresses) {
    /** Keeps the addresses from changing. */
    public BrokerData {
      addresses = Map.copyOf(addresses);
    }

    /** The master's address, or null while there is none. */
    public @Nullable String master() {
      return addresses.get(MASTER_ID);
    }
  }

  /**
   * Reads the body of the answer to {@link RequestCode#GET_ROUTEINFO_BY_TOPIC}, written by fastjson
   * or as standard JSON.
   *
   * @throws WireException when it is not that
   */
  public static TopicRoute parse(ByteBuffer body) {
    return LenientJson.object("topic route", body, TopicRoute::read);
  }

  private static TopicRoute read(JsonParser in) throws IOException {
    List<QueueData> queues = new ArrayList<>();
    List<BrokerData> brokers = new ArrayList<>();
    String order = null;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "queueDatas" -> LenientJson.objects(name, in, TopicRoute::queue, queues);
        case "brokerDatas" -> LenientJson.objects(name, in, BrokerJson::read, brokers);
        case "orderTopicConf" -> order = LenientJson.text(name, in);
        default -> in.skipChildren();
      }
    }
    return new TopicRoute(queues, brokers, order);
  }

  private static QueueData queue(JsonParser in) throws IOException {
    String broker = null;
    int read = 0;
    int write = 0;
    int permission = 0;
    int flag = 0;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "brokerName" -> broker = LenientJson.text(name, in);
        case "readQueueNums" -> read = LenientJson.integer(name, in, 0);
        case "writeQueueNums" -> write = LenientJson.integer(name, in, 0);
        case "perm" -> permission = LenientJson.integer(name, in, 0);
        case "topicSysFlag" -> flag = LenientJson.integer(name, in, 0);
        default -> in.skipChildren();
      }
    }
    return new QueueData(LenientJson.present("brokerName", broker), read, write, permission, flag);
  }

  /** Reads a broker's entry, which routes and cluster information share. */
  static final class BrokerJson {
    private BrokerJson() {}

    static BrokerData read(JsonParser in) throws IOException {
      String cluster = "";
      String broker = null;
      Map<Long, String> addresses = Map.of();
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        switch (name) {
          case "cluster" -> cluster = LenientJson.textOr(name, in, "");
          case "brokerName" -> broker = LenientJson.text(name, in);
          case "brokerAddrs" -> addresses = addresses(name, in);
          default -> in.skipChildren();
        }
      }
      return new BrokerData(cluster, LenientJson.present("brokerName", broker), addresses);
    }

    private static Map<Long, String> addresses(String what, JsonParser in) throws IOException {
      if (!LenientJson.starts(JsonToken.START_OBJECT, what, in)) {
        return Map.of();
      }
      Map<Long, String> addresses = new HashMap<>();
      for (String id = LenientJson.nextMember(in); id != null; id = LenientJson.nextMember(in)) {
        String address = LenientJson.text(what, in);
        if (address != null) {
          addresses.put(LenientJson.parse(what, id), address);
        }
      }
      return addresses;
    }
  }
}
