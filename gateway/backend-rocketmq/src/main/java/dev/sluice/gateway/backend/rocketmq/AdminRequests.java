package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The few requests that only a gateway makes, and the client therefore has no words for. */
final class AdminRequests {
  private static final int GET_BROKER_CONFIG = 26;

  private AdminRequests() {}

  private static String text(RemotingCommand response) {
    return StandardCharsets.UTF_8.decode(response.body().duplicate()).toString();
  }

  /** Asks a broker for its configuration. */
  record BrokerSettings() implements Request<BrokerSettings.Answer> {
    private static final int MEBIBYTE = 1 << 20;

    /**
     * The settings that matter here.
     *
     * @param maxMessageBytes the largest body, and the largest batch
     * @param sqlFilters whether it evaluates conditions over properties
     * @param rejectsTransactions whether it takes no half messages
     * @param createsGroups whether a group comes into being with its first use
     * @param delayLevels the delays of its levels
     */
    record Answer(
        int maxMessageBytes,
        boolean sqlFilters,
        boolean rejectsTransactions,
        boolean createsGroups,
        DelayLevels delayLevels) {
      /** What a broker does that is not configured otherwise. */
      static final Answer DEFAULT = new Answer(4 * MEBIBYTE, false, false, true, DelayLevels.USUAL);
    }

    @Override
    public int code() {
      return GET_BROKER_CONFIG;
    }

    @Override
    public void writeFields(FieldWriter out) {}

    @Override
    public Answer read(RemotingCommand response) {
      Properties settings = new Properties();
      try {
        settings.load(new StringReader(text(response.requireSuccess(code()))));
      } catch (IOException | IllegalArgumentException e) {
        return Answer.DEFAULT;
      }
      return new Answer(
          positive(settings.getProperty("maxMessageSize", "")),
          Boolean.parseBoolean(settings.getProperty("enablePropertyFilter", "false")),
          Boolean.parseBoolean(settings.getProperty("rejectTransactionMessage", "false")),
          Boolean.parseBoolean(settings.getProperty("autoCreateSubscriptionGroup", "true")),
          DelayLevels.parse(settings.getProperty("messageDelayLevel", "")));
    }

    private static int positive(String text) {
      try {
        int value = Integer.parseInt(text);
        return value > 0 ? value : Answer.DEFAULT.maxMessageBytes();
      } catch (NumberFormatException e) {
        return Answer.DEFAULT.maxMessageBytes();
      }
    }
  }
}
