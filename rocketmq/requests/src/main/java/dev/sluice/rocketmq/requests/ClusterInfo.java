package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The clusters and brokers that a name server knows.
 *
 * @param brokers the brokers by name
 * @param clusters the names of each cluster's brokers, by the cluster's name
 */
public record ClusterInfo(
    Map<String, TopicRoute.BrokerData> brokers, Map<String, List<String>> clusters) {

  /** Keeps the maps from changing. */
  public ClusterInfo {
    brokers = Collections.unmodifiableMap(new LinkedHashMap<>(brokers));
    clusters = Collections.unmodifiableMap(new LinkedHashMap<>(clusters));
  }

  /** Asks a name server for its clusters and brokers. */
  public record Get() implements Request<ClusterInfo> {
    @Override
    public int code() {
      return RequestCode.GET_BROKER_CLUSTER_INFO;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public ClusterInfo read(RemotingCommand response) {
      return parse(response.requireSuccess(code()).body());
    }
  }

  /**
   * Reads the body of the answer to {@link RequestCode#GET_BROKER_CLUSTER_INFO}.
   *
   * @throws WireException when it is not that
   */
  public static ClusterInfo parse(ByteBuffer body) {
    return LenientJson.object("cluster information", body, ClusterInfo::read);
  }

  private static ClusterInfo read(JsonParser in) throws IOException {
    Map<String, TopicRoute.BrokerData> brokers = new LinkedHashMap<>();
    Map<String, List<String>> clusters = new LinkedHashMap<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (name.equals("brokerAddrTable") && LenientJson.starts(JsonToken.START_OBJECT, name, in)) {
        for (String broker = LenientJson.nextMember(in);
            broker != null;
            broker = LenientJson.nextMember(in)) {
          if (LenientJson.starts(JsonToken.START_OBJECT, name, in)) {
            brokers.put(broker, TopicRoute.BrokerJson.read(in));
          }
        }
      } else if (name.equals("clusterAddrTable")
          && LenientJson.starts(JsonToken.START_OBJECT, name, in)) {
        for (String cluster = LenientJson.nextMember(in);
            cluster != null;
            cluster = LenientJson.nextMember(in)) {
          List<String> names = new ArrayList<>();
          LenientJson.texts(name, in, names);
          clusters.put(cluster, List.copyOf(names));
        }
      } else {
        in.skipChildren();
      }
    }
    return new ClusterInfo(brokers, clusters);
  }
}
