package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The official SDK for Node.js: its producer with every kind of message, its simple consumer and
 * its push consumer.
 */
class OfficialNodeSdkTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final List<String> OTHERS =
      IntStream.range(0, 10).mapToObj(i -> i + " 1").toList();

  private static final List<String> POISON = List.of("poison 1", "poison 2", "poison 3");

  private static final List<Child> PROGRAMS = new ArrayList<>();

  private Operator operator;

  @BeforeEach
  void beforeTheSharedGateway() {
    operator = SHARED.operator();
  }

  /** Together, for a push consumer waits for the end of its long polls, up to 20 seconds. */
  @AfterAll
  static void eachLeavesInPeace() throws Exception {
    try {
      for (Child each : PROGRAMS) {
        each.type("end");
      }
      for (Child each : PROGRAMS) {
        assertThat(each.awaitExit(PATIENCE)).as(each.output().toString()).isZero();
      }
    } finally {
      PROGRAMS.forEach(Child::close);
    }
  }

  @Test
  void theSimpleConsumerReceivesAcknowledgesAndHasMessagesComeAgain() throws Exception {
    List<String> received = run("simple", false, MessageType.NORMAL);

    assertThat(received).containsExactlyInAnyOrderElementsOf(with(POISON));
    assertThat(received).containsSubsequence(POISON);
  }

  @Test
  void thePushConsumerConsumesAndWhatFailsBecomesADeadLetter() throws Exception {
    List<String> received = run("push", false, MessageType.NORMAL);

    assertThat(received).containsExactlyInAnyOrderElementsOf(with(POISON));
    assertThat(received).containsSubsequence(POISON);
  }

  @Test
  void thePushConsumerKeepsOrderUnderFailure() throws Exception {
    assertThat(run("fifo", true, MessageType.FIFO)).containsExactlyElementsOf(with(POISON));
  }

  @Test
  void whatIsDelayedTakenBackOrInATransactionComesAsItsProducerMeans() throws Exception {
    String delayed = operator.newTopic("node-delayed", 1, MessageType.DELAY);
    String transactional = operator.newTopic("node-transactional", 1, MessageType.TRANSACTION);
    String group = operator.newGroup("node-kinds", false, 16);
    Child program =
        Child.node("official-kinds.js", SHARED.gateway().grpc(), delayed, transactional, group);
    PROGRAMS.add(program);

    program.awaitLine(PATIENCE, "all came"::equals);

    assertThat(program.output().after("received"))
        .containsExactlyInAnyOrder("late", "committed", "checked");
  }

  /** The others, with these between the sixth and the seventh, where poison is sent. */
  private static List<String> with(List<String> these) {
    var all = new ArrayList<>(OTHERS);
    all.addAll(6, these);
    return all;
  }

  /** All that was received until the group had given poison up. */
  private List<String> run(String kind, boolean ordered, MessageType type) throws Exception {
    String topic = operator.newTopic("node-" + kind, 1, type);
    String group = operator.newGroup("node-" + kind, ordered, 2, Duration.ofSeconds(1));
    Child program = Child.node("official.js", SHARED.gateway().grpc(), topic, group, kind);
    PROGRAMS.add(program);
    program.awaitLine(PATIENCE, "all came"::equals);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(operator.read("%DLQ%" + group))
                    .as(program.output().toString())
                    .containsExactly("poison"));
    return program.output().after("received");
  }
}
