import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.message.MessageView;

public class Hello {
  public static void main(String[] args) throws Exception {
    var provider = ClientServiceProvider.loadService();
    var gateway =
        ClientConfiguration.newBuilder().setEndpoints("localhost:50051").enableSsl(false).build();

    try (var consumer =
            provider
                .newSimpleConsumerBuilder()
                .setClientConfiguration(gateway)
                .setConsumerGroup("java-readers")
                .setAwaitDuration(Duration.ofSeconds(10))
                .setSubscriptionExpressions(Map.of("greetings", FilterExpression.SUB_ALL))
                .build();
        var producer = provider.newProducerBuilder().setClientConfiguration(gateway).build()) {
      consumer.receive(1, Duration.ofSeconds(10)); // the group begins here

      var message =
          provider
              .newMessageBuilder()
              .setTopic("greetings")
              .setBody("Hello from Java".getBytes(UTF_8))
              .build();
      System.out.println("sent: " + producer.send(message).getMessageId());

      List<MessageView> messages = List.of();
      while (messages.isEmpty()) {
        messages = consumer.receive(1, Duration.ofSeconds(30));
      }
      System.out.println("received: " + UTF_8.decode(messages.get(0).getBody()));
      consumer.ack(messages.get(0));
    }
  }
}
