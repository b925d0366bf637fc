package dev.sluice.benchmarks.official;

import dev.sluice.benchmarks.load.ClientLoad;
import dev.sluice.benchmarks.load.Sender;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;

/** {@code DefaultMQProducer} under load, with its own defaults. */
public final class OfficialLoad implements Sender {

  private final DefaultMQProducer producer;
  private final String topic;

  private OfficialLoad(DefaultMQProducer producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /** Runs it; ends the process, which that client's threads would keep. */
  public static void main(String[] arguments) {
    ClientLoad.run(OfficialLoad::open, arguments);
  }

  private static Sender open(String nameServer, String topic, boolean coalescing)
      throws MQClientException {
    var producer = new DefaultMQProducer("client-load");
    producer.setNamesrvAddr(nameServer);
    producer.setAutoBatch(coalescing);
    producer.start();
    return new OfficialLoad(producer, topic);
  }

  @Override
  public void send(byte[] body) throws Exception {
    var _ = producer.send(new Message(topic, body));
  }

  @Override
  public void sendAsync(byte[] body, End end) throws Exception {
    producer.send(
        new Message(topic, body),
        new SendCallback() {
          @Override
          public void onSuccess(SendResult result) {
            end.ended(null);
          }

          @Override
          public void onException(Throwable failure) {
            end.ended(failure);
          }
        });
  }

  @Override
  public void close() {
    producer.shutdown();
  }
}
