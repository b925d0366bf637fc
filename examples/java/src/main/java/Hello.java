import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Map;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;

public class Hello {
  public static void main(String[] args) throws Exception {
    var provider = ClientServiceProvider.loadService();
    var gateway =
        ClientConfiguration.newBuilder().setEndpoints("localhost:50051").enableSsl(false).build();
    var greeting = "Hello from Java, process " + ProcessHandle.current().pid();

    try (var consumer =
            provider
                .newSimpleConsumerBuilder()
                .setClientConfiguration(gateway)
                .setConsumerGroup("java-readers")
                .setAwaitDuration(Duration.ofSeconds(2))
                .setSubscriptionExpressions(Map.of("greetings", FilterExpression.SUB_ALL))
                .build();
        var producer = provider.newProducerBuilder().setClientConfiguration(gateway).build()) {
      consumer.receive(1, Duration.ofSeconds(10)); // the group begins here

      var message =
          provider
              .newMessageBuilder()
              .setTopic("greetings")
              .setBody(greeting.getBytes(UTF_8))
              .build();
      System.out.println("sent: " + producer.send(message).getMessageId());

      var received = "";
      while (!received.equals(greeting)) {
        for (var delivery : consumer.receive(1, Duration.ofSeconds(30))) {
          received = UTF_8.decode(delivery.getBody()).toString();
          System.out.println("received: " + received);
          consumer.ack(delivery);
        }
      }
    }
  }
}
