package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import dev.sluice.rocketmq.requests.SystemFlags;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What remoting producers compress reaches the consumers of both services as it was sent. */
class CompressedBodiesTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration HIDDEN = Duration.ofMinutes(1);

  /** How an official producer may be told to compress. */
  private record Kind(String type, int level) {
    String body() {
      return (type + " " + level + ": something that can be said in fewer bytes. ").repeat(200);
    }
  }

  private static List<Kind> kinds() {
    return Stream.of(
            IntStream.rangeClosed(1, 9).mapToObj(level -> new Kind("ZLIB", level)),
            Stream.of(new Kind("LZ4", 5)),
            IntStream.rangeClosed(1, 22).mapToObj(level -> new Kind("ZSTD", level)))
        .flatMap(kinds -> kinds)
        .toList();
  }

  @Test
  void eachTypeAndLevelIsReadByBothServices() throws Exception {
    String topic = SHARED.operator().newTopic("compressed", 1, MessageType.NORMAL);
    String group = SHARED.operator().newGroup("compressed", false, 2);
    Set<String> sent = new HashSet<>();
    try (RemotingClients official = RemotingClients.before(SHARED.gateway().upstream());
        RemotingClients.Producer producer = official.producer();
        ProxyCaller caller = ProxyCaller.of(SHARED.gateway());
        SimpleConsumer simple = simple(group, topic)) {
      simple.receive(1, HIDDEN); // the group begins here
      for (Kind kind : kinds()) {
        producer.compress(100, kind.type(), kind.level());
        producer.send(topic, kind.body().getBytes(UTF_8));
        sent.add(kind.body());
      }

      String consumer = caller.consumer(topic, "compressed-" + UUID.randomUUID());
      assertThat(stream(caller, consumer, sent.size())).isEqualTo(sent);
      assertThat(receive(simple, sent.size())).isEqualTo(sent);
    }
  }

  @Test
  void whatNobodyCanExpandIsLeftAndHoldsUpNothing() throws Exception {
    String topic = SHARED.operator().newTopic("not-compressed", 1, MessageType.NORMAL);
    byte[] bomb = Zstd.compress(new byte[256 << 20]);
    byte[] whole = Zstd.compress("cut off before it ends".getBytes(UTF_8));
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    int zstd = SystemFlags.COMPRESSED | SystemFlags.COMPRESSION_ZSTD;
    int lz4 = SystemFlags.COMPRESSED | SystemFlags.COMPRESSION_LZ4;

    SHARED.operator().send(topic, zstd, bomb);
    SHARED.operator().send(topic, zstd, cut);
    SHARED.operator().send(topic, lz4, whole);
    SHARED.operator().send(topic, 0, "plain".getBytes(UTF_8));

    try (ProxyCaller caller = ProxyCaller.of(SHARED.gateway())) {
      String consumer = caller.consumer(topic, "not-compressed-" + UUID.randomUUID());
      assertThat(stream(caller, consumer, 1)).containsExactly("plain");
    }
    await()
        .untilAsserted(
            () ->
                assertThat(SHARED.gateway().process().output().toString())
                    .containsPattern(left(topic, "TOO_LARGE"))
                    .containsPattern(left(topic, "CORRUPT, detail=LZ4"))
                    .containsPattern(left(topic, "CORRUPT, detail=Zstandard")));
  }

  private static Pattern left(String topic, String problem) {
    return Pattern.compile(
        " of " + topic + " for .*is left where it is, as its body cannot be read: .*" + problem);
  }

  private static SimpleConsumer simple(String group, String topic) throws Exception {
    return new OfficialSdk(SHARED.gateway().grpc())
        .simple(group, Duration.ofSeconds(2), Map.of(topic, FilterExpression.SUB_ALL));
  }

  private static Set<String> stream(ProxyCaller caller, String consumer, int count)
      throws Exception {
    BlockingClientCall<?, Message> stream = caller.stream(consumer);
    Set<String> bodies = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Message message = ProxyCaller.next(stream);
      bodies.add(message.getMessageBody());
      assertThat(caller.acknowledge(consumer, message).getSuccess()).isTrue();
    }
    return bodies;
  }

  private static Set<String> receive(SimpleConsumer consumer, int count) throws Exception {
    List<String> bodies = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              for (MessageView message : consumer.receive(32, HIDDEN)) {
                bodies.add(OfficialSdk.body(message));
                consumer.ack(message);
              }
              return bodies.size() >= count;
            });
    assertThat(bodies).hasSize(count);
    return Set.copyOf(bodies);
  }
}
