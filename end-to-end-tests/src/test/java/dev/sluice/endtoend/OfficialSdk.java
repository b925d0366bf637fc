package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.SessionCredentialsProvider;
import org.apache.rocketmq.client.apis.StaticSessionCredentialsProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.LitePushConsumer;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.TransactionChecker;
import org.jspecify.annotations.Nullable;

/**
 * The official Java SDK of RocketMQ 5, as a program before these endpoints uses it.
 *
 * @param credentials what it signs with; null for no signatures
 */
record OfficialSdk(String endpoints, @Nullable SessionCredentialsProvider credentials) {

  /** Of each request; the SDK's own three seconds are too few for a busy machine. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  private static final ClientServiceProvider PROVIDER = ClientServiceProvider.loadService();

  OfficialSdk(String endpoints) {
    this(endpoints, null);
  }

  /** The same for a user. */
  OfficialSdk as(String accessKey, String secret) {
    return new OfficialSdk(endpoints, new StaticSessionCredentialsProvider(accessKey, secret));
  }

  private ClientConfiguration configuration() {
    var configuration =
        ClientConfiguration.newBuilder()
            .setEndpoints(endpoints)
            .setRequestTimeout(REQUEST_TIMEOUT)
            .enableSsl(false);
    if (credentials != null) {
      configuration.setCredentialProvider(credentials);
    }
    return configuration.build();
  }

  Producer producer(String... topics) throws ClientException {
    return PROVIDER
        .newProducerBuilder()
        .setClientConfiguration(configuration())
        .setTopics(topics)
        .build();
  }

  /** One that answers what becomes of its transactions. */
  Producer transactional(String topic, TransactionChecker checker) throws ClientException {
    return PROVIDER
        .newProducerBuilder()
        .setClientConfiguration(configuration())
        .setTopics(topic)
        .setTransactionChecker(checker)
        .build();
  }

  /** Consumes on up to eight threads. */
  PushConsumer push(String group, Map<String, FilterExpression> filters, MessageListener listener)
      throws ClientException {
    return PROVIDER
        .newPushConsumerBuilder()
        .setClientConfiguration(configuration())
        .setConsumerGroup(group)
        .setSubscriptionExpressions(new HashMap<>(filters))
        .setConsumptionThreadCount(8)
        .setMessageListener(listener)
        .build();
  }

  /** Consumes the lite topics of a topic that it subscribes to. */
  LitePushConsumer lite(String group, String topic, MessageListener listener)
      throws ClientException {
    return PROVIDER
        .newLitePushConsumerBuilder()
        .setClientConfiguration(configuration())
        .setConsumerGroup(group)
        .bindTopic(topic)
        .setMessageListener(listener)
        .build();
  }

  SimpleConsumer simple(String group, Duration await, Map<String, FilterExpression> filters)
      throws ClientException {
    return PROVIDER
        .newSimpleConsumerBuilder()
        .setClientConfiguration(configuration())
        .setConsumerGroup(group)
        .setAwaitDuration(await)
        .setSubscriptionExpressions(new HashMap<>(filters))
        .build();
  }

  static MessageBuilder message(String topic, String body) {
    return PROVIDER.newMessageBuilder().setTopic(topic).setBody(body.getBytes(UTF_8));
  }

  static Message inGroup(String topic, String messageGroup, String body) {
    return message(topic, body).setMessageGroup(messageGroup).build();
  }

  static String body(MessageView message) {
    return UTF_8.decode(message.getBody()).toString();
  }
}
