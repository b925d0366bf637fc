package dev.sluice.rocketmq.consumer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.consumer.ConsumeResult;
import dev.sluice.rocketmq.consumer.PullConsumerOptions;
import dev.sluice.rocketmq.consumer.PushConsumerOptions;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ProducerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.junit.jupiter.api.Test;

/**
 * docs/rocketmq-client.md shows the examples that {@link GuideTest} runs, and names no option that
 * one of the two clients does not have.
 */
class GuidePageTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final String EXAMPLES =
      "rocketmq/consumer/src/test/java/dev/sluice/rocketmq/consumer/guide/GuideExamples.java";

  private static final Pattern REGIONS =
      Pattern.compile(" *// @start region=\"(\\w+)\"\\R(.*?)\\R\\R *// @end", Pattern.DOTALL);
  private static final Pattern BLOCKS =
      Pattern.compile("(?:<!-- (\\w+) -->\\R)?```java\\R(.*?)\\R```", Pattern.DOTALL);

  /** A method of this library, and a setter of the official client, as the tables name them. */
  private static final Pattern OURS = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

  private static final Pattern THEIRS = Pattern.compile("`(set\\w+)`");

  private static final List<Class<?>> OFFICIAL =
      List.of(
          TransactionMQProducer.class,
          DefaultMQPushConsumer.class,
          DefaultLitePullConsumer.class,
          ConsumeConcurrentlyContext.class,
          ConsumeOrderlyContext.class,
          org.apache.rocketmq.common.message.Message.class);

  @Test
  void itsBlocksAreTheExamplesThatRun() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    for (MatchResult block : BLOCKS.matcher(page()).results().toList()) {
      shown.put(
          Optional.ofNullable(block.group(1)).orElse("a block without a name"), block.group(2));
    }
    Map<String, String> examples = new LinkedHashMap<>();
    REGIONS
        .matcher(Files.readString(ROOT.resolve(EXAMPLES)))
        .results()
        .forEach(region -> examples.put(region.group(1), region.group(2).stripIndent()));

    assertThat(examples).hasSizeGreaterThan(6);
    assertThat(shown).isEqualTo(examples);
  }

  @Test
  void itsTablesNameWhatThereIs() throws IOException {
    List<String> unknown = new ArrayList<>();
    int known = 0;
    for (String row : page().lines().filter(line -> line.startsWith("|")).toList()) {
      for (MatchResult name : OURS.matcher(row).results().toList()) {
        if (!isOurs(name.group(1), name.group(2))) {
          unknown.add(name.group());
        }
        known++;
      }
      for (MatchResult name : THEIRS.matcher(row).results().toList()) {
        if (OFFICIAL.stream().noneMatch(type -> hasMethod(type, name.group(1)))) {
          unknown.add(name.group());
        }
        known++;
      }
    }

    assertThat(unknown).isEmpty();
    assertThat(known).isGreaterThan(80);
  }

  @Test
  void defaultsOfProducersAreTheOfficialOnes() {
    DefaultMQProducer theirs = new DefaultMQProducer("group");
    ClientOptions client = ClientOptions.builder("localhost:9876").build();
    ProducerOptions ours = ProducerOptions.builder(client, "group").build();

    assertThat(client.instanceName()).isEqualTo(theirs.getInstanceName());
    assertThat(client.callTimeout()).hasMillis(theirs.getMqClientApiTimeout());
    assertThat(client.vipChannel()).isEqualTo(theirs.isVipChannelEnabled());
    assertThat(client.attempts()).isEqualTo(theirs.getRetryTimesWhenSendFailed() + 1);
    assertThat(client.attempts()).isEqualTo(theirs.getRetryTimesWhenSendAsyncFailed() + 1);
    assertThat(ours.sendTimeout()).hasMillis(theirs.getSendMsgTimeout());
    assertThat(ours.retryNotOk()).isEqualTo(theirs.isRetryAnotherBrokerWhenNotStoreOK());
    assertThat(ours.compressFrom()).isEqualTo(theirs.getCompressMsgBodyOverHowmuch());
    assertThat(ours.compressionLevel()).isEqualTo(theirs.getCompressLevel());
    assertThat(ours.compression()).hasToString(theirs.getCompressType().name());
    assertThat(ours.avoidSlowBrokers()).isEqualTo(theirs.isSendLatencyFaultEnable());
    assertThat(ours.createTopicKey()).isEqualTo(theirs.getCreateTopicKey());
    assertThat(ours.createTopicQueues()).isEqualTo(theirs.getDefaultTopicQueueNums());
    assertThat(client.tls().isPresent()).isEqualTo(theirs.isUseTLS());
    assertThat(Message.MAX_BODY_BYTES).isEqualTo(theirs.getMaxMessageSize());
  }

  @Test
  void defaultsOfPushConsumersAreTheOfficialOnes() {
    DefaultMQPushConsumer theirs = new DefaultMQPushConsumer("group");
    PushConsumerOptions ours =
        PushConsumerOptions.builder(ClientOptions.builder("localhost:9876").build(), "group")
            .subscribe("topic")
            .handler(message -> ConsumeResult.success())
            .build();

    assertThat(ours.maxConcurrency()).isEqualTo(theirs.getConsumeThreadMin());
    assertThat(ours.maxConcurrency()).isEqualTo(theirs.getConsumeThreadMax());
    assertThat(ours.consumeBatchSize()).isEqualTo(theirs.getConsumeMessageBatchMaxSize());
    assertThat(ours.pullBatchSize()).isEqualTo(theirs.getPullBatchSize());
    assertThat(ours.pullInterval()).hasMillis(theirs.getPullInterval());
    assertThat(ours.maxMessagesPerQueue()).isEqualTo(theirs.getPullThresholdForQueue());
    assertThat(ours.maxMegabytesPerQueue()).isEqualTo(theirs.getPullThresholdSizeForQueue());
    assertThat(ours.maxMessagesPerTopic()).isEqualTo(theirs.getPullThresholdForTopic());
    assertThat(ours.maxMegabytesPerTopic()).isEqualTo(theirs.getPullThresholdSizeForTopic());
    assertThat(ours.maxSpan()).isEqualTo(theirs.getConsumeConcurrentlyMaxSpan());
    assertThat(ours.maxReconsumeTimes()).isEqualTo(theirs.getMaxReconsumeTimes());
    assertThat(ours.consumeTimeout()).hasMinutes(theirs.getConsumeTimeout());
    assertThat(ours.orderedPause()).hasMillis(theirs.getSuspendCurrentQueueTimeMillis());
    assertThat(ours.persistInterval()).hasMillis(theirs.getPersistConsumerOffsetInterval());
    assertThat(ours.startFrom()).isEqualTo(StartFrom.last());
    assertThat(theirs.getConsumeFromWhere()).isEqualTo(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
    assertThat(ours.model()).hasToString(theirs.getMessageModel().name());
  }

  @Test
  void defaultsOfPullConsumersAreTheOfficialOnes() {
    DefaultLitePullConsumer theirs = new DefaultLitePullConsumer("group");
    PullConsumerOptions ours =
        PullConsumerOptions.builder(ClientOptions.builder("localhost:9876").build(), "group")
            .build();

    assertThat(ours.autoCommit()).isEqualTo(theirs.isAutoCommit());
    assertThat(ours.commitInterval()).hasMillis(theirs.getAutoCommitIntervalMillis());
    assertThat(ours.pullBatchSize()).isEqualTo(theirs.getPullBatchSize());
    assertThat(ours.maxPollMessages()).isEqualTo(theirs.getPullBatchSize());
    assertThat(ours.maxMessagesPerQueue()).isEqualTo(theirs.getPullThresholdForQueue());
    assertThat(ours.maxMegabytesPerQueue()).isEqualTo(theirs.getPullThresholdSizeForQueue());
    assertThat((long) ours.maxMessages()).isEqualTo(theirs.getPullThresholdForAll());
    assertThat(ours.pullWait()).hasMillis(theirs.getBrokerSuspendMaxTimeMillis());
    assertThat(ours.startFrom()).isEqualTo(StartFrom.last());
    assertThat(theirs.getConsumeFromWhere()).isEqualTo(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
  }

  /** Of the type itself, or of the builder that makes it. */
  private static boolean isOurs(String type, String member) {
    return Stream.of("client", "producer", "admin", "group", "consumer")
        .map(module -> "dev.sluice.rocketmq." + module + '.' + type)
        .flatMap(name -> Stream.of(name, name + "$Builder", name + "Builder"))
        .anyMatch(each -> hasMember(each, member));
  }

  private static boolean hasMember(String type, String member) {
    try {
      Class<?> found = Class.forName(type);
      return hasMethod(found, member)
          || Arrays.stream(found.getFields()).anyMatch(each -> each.getName().equals(member));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean hasMethod(Class<?> type, String method) {
    return Arrays.stream(type.getMethods()).anyMatch(each -> each.getName().equals(method));
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/rocketmq-client.md"));
  }
}
