package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A broker's settings.
 *
 * @param values by name, as the broker writes them
 */
public record BrokerConfig(Map<String, String> values) {

  /** Keeps the values from changing. */
  public BrokerConfig {
    values = Map.copyOf(values);
  }

  /** Asks a broker. */
  public record Get() implements Request<BrokerConfig> {
    @Override
    public int code() {
      return RequestCode.GET_BROKER_CONFIG;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public BrokerConfig read(RemotingCommand response) {
      String text =
          StandardCharsets.UTF_8
              .decode(response.requireSuccess(code()).body().duplicate())
              .toString();
      Properties properties = new Properties();
      try {
        properties.load(new StringReader(text));
      } catch (IOException | IllegalArgumentException e) {
        throw WireException.malformed("broker configuration: " + e.getMessage(), e);
      }
      Map<String, String> values = new TreeMap<>();
      for (String name : properties.stringPropertyNames()) {
        values.put(name, properties.getProperty(name));
      }
      return new BrokerConfig(values);
    }
  }
}
