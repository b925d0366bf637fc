package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.group.StartFrom;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

/** A member of a group in a process of its own, of this library or official, that can be killed. */
final class MemberProcess implements AutoCloseable {
  private static final String CONSUMED = "consumed ";

  final Queue<String> consumed = new ConcurrentLinkedQueue<>();
  private final Process process;

  /** Which library the member is of. */
  enum Kind {
    OURS,
    OFFICIAL
  }

  private MemberProcess(Process process) {
    this.process = process;
  }

  /** In that process; ends when its input does. */
  public static void main(String[] arguments) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    String nameServers = arguments[1];
    String group = arguments[2];
    String topic = arguments[3];
    switch (Kind.valueOf(arguments[0])) {
      case OURS -> {
        ClientOptions client = ClientOptions.builder(nameServers).build();
        PushConsumer.create(
                PushConsumerOptions.builder(client, group)
                    .subscribe(topic)
                    .startFrom(StartFrom.first())
                    .rebalanceInterval(Duration.ofSeconds(2))
                    .handler(
                        message -> {
                          out.println(CONSUMED + ConsumerFixture.body(message));
                          return ConsumeResult.success();
                        })
                    .build())
            .start();
      }
      case OFFICIAL -> {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(nameServers);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(
            (MessageListenerConcurrently)
                (messages, context) -> {
                  messages.forEach(
                      each ->
                          out.println(
                              CONSUMED + new String(each.getBody(), StandardCharsets.UTF_8)));
                  return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                });
        consumer.start();
      }
    }
    System.exit(System.in.read() < 0 ? 0 : 1);
  }

  /** Starts it; it joins when it is there. */
  static MemberProcess start(Kind kind, String nameServers, String group, String topic)
      throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "-Drocketmq.client.rebalance.waitInterval=2000",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    MemberProcess.class.getName(),
                    kind.name(),
                    nameServers,
                    group,
                    topic))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    MemberProcess member = new MemberProcess(process);
    Thread.ofVirtual().name("output of a member").start(member::read);
    return member;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(CONSUMED)) {
          consumed.add(line.substring(CONSUMED.length()));
        }
      }
    } catch (IOException e) {
      // The same as its end.
    }
  }

  /** As a crash would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
