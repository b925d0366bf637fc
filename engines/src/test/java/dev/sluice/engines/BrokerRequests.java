package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The few requests that show whether a broker kept what it was given. */
final class BrokerRequests {
  private static final int GET_MAX_OFFSET = 30;
  private static final int END_TRANSACTION = 37;
  private static final int SEND_MESSAGE_V2 = 310;
  private static final int TRANSACTION_PREPARED = 4;
  private static final int TRANSACTION_COMMIT = 8;

  private final RemotingProbe probe = new RemotingProbe(Duration.ofSeconds(60), Optional.empty());
  private final int port;

  BrokerRequests(String brokerAddress) {
    this.port = Integer.parseInt(brokerAddress.substring(brokerAddress.indexOf(':') + 1));
  }

  /** Sends one message to queue 0, which makes the topic come into being. */
  String send(String topic, String body) throws IOException {
    return send(topic, 0, "", body);
  }

  /** Waits until queue 0 holds so many messages: a broker files them after it has answered. */
  void awaitMaxOffset(String topic, long expected) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(maxOffset(topic)).isEqualTo(expected));
  }

  /** Waits until queue 0 holds so many messages or more. */
  void awaitMaxOffsetAtLeast(String topic, long expected) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(maxOffset(topic)).isGreaterThanOrEqualTo(expected));
  }

  private long maxOffset(String topic) throws IOException {
    RemotingProbe.Answer answer =
        probe.ask(
            port,
            GET_MAX_OFFSET,
            """
            {"topic":"%s","queueId":"0","committed":"true"}\
            """
                .formatted(topic),
            new byte[0]);
    return Long.parseLong(field(answer.header(), "offset"));
  }

  /** Sends a message that the broker holds back for a while. */
  void sendDelayed(String topic, String properties) throws IOException {
    send(topic, 0, properties, "later");
  }

  /** Sends a transactional message and commits it. */
  void transact(String topic) throws IOException {
    String half =
        send(topic, TRANSACTION_PREPARED, "TRAN_MSG\u0001true\u0002PGROUP\u0001tests", "x");
    String offsetId = field(half, "msgId");
    probe.ask(
        port,
        END_TRANSACTION,
        """
        {"topic":"%s","producerGroup":"tests","tranStateTableOffset":"%s","commitLogOffset":"%d",\
        "commitOrRollback":"%d","fromTransactionCheck":"false","msgId":"m","transactionId":"t"}\
        """
            .formatted(
                topic,
                field(half, "queueOffset"),
                Long.parseLong(offsetId.substring(offsetId.length() - 16), 16),
                TRANSACTION_COMMIT),
        new byte[0]);
  }

  private String send(String topic, int systemFlag, String properties, String body)
      throws IOException {
    String fields =
        """
        {"a":"tests","b":"%s","c":"TBW102","d":"8","e":"0","f":"%d","g":"%d","h":"0","i":"%s",\
        "j":"0","k":"false","l":"0","m":"false"}\
        """
            .formatted(
                topic,
                systemFlag,
                System.currentTimeMillis(),
                properties.replace("\u0001", "\\u0001").replace("\u0002", "\\u0002"));
    return probe.ask(port, SEND_MESSAGE_V2, fields, body.getBytes(StandardCharsets.UTF_8)).header();
  }

  private static String field(String header, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(header);
    if (!found.find()) {
      throw new IllegalStateException("no " + name + " in " + header);
    }
    return found.group(1);
  }
}
