package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a broker tells about itself.
 *
 * @param values all values by name, as the broker words them
 */
public record BrokerRuntime(Map<String, String> values) {
  /** Keeps the values from changing. */
  public BrokerRuntime {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The broker's version, as {@code V5_5_0}; empty when it does not tell. */
  public String version() {
    return values.getOrDefault("brokerVersionDesc", "");
  }

  /** The first number of the version, 4 or 5; 0 when the broker does not tell. */
  public int majorVersion() {
    String version = version();
    int end = version.indexOf('_');
    if (!version.startsWith("V") || end < 2) {
      return 0;
    }
    try {
      return Integer.parseInt(version, 1, end, 10);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Asks a broker about itself. */
  public record Get() implements Request<BrokerRuntime> {
    @Override
    public int code() {
      return RequestCode.GET_BROKER_RUNTIME_INFO;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public BrokerRuntime read(RemotingCommand response) {
      return LenientJson.object(
          "broker runtime", response.requireSuccess(code()).body(), Get::values);
    }

    private static BrokerRuntime values(JsonParser in) throws IOException {
      Map<String, String> values = new LinkedHashMap<>();
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        if (name.equals("table")) {
          LenientJson.map(name, in, values);
        } else {
          in.skipChildren();
        }
      }
      return new BrokerRuntime(values);
    }
  }
}
