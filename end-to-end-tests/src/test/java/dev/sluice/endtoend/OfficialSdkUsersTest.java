package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.rocketmq.client.apis.consumer.FilterExpression.SUB_ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;
import org.apache.rocketmq.client.java.exception.ForbiddenException;
import org.apache.rocketmq.client.java.exception.UnauthorizedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Official SDKs with right and wrong credentials, before a gateway with users and a broker with
 * access control.
 */
class OfficialSdkUsersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of Alice the gateway judges, of Bob the broker. */
  private static final String USERS =
      """
      - access-key: alice
        secret-key: alices-secret
        permissions:
          - {resource: ["Topic:alices-*", "Group:alices-*"], actions: ALL}
      - access-key: bob
        secret-key: bobs-secret
        sign-as: user
      """;

  @TempDir static Path folder;

  private static GuardedGateway guarded;
  private static String askedAtFirst = "";

  @BeforeAll
  static void start() throws Exception {
    guarded = GuardedGateway.start(folder);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              askedAtFirst = guarded.operator().producers("sluice");
              return !askedAtFirst.isEmpty();
            });
    guarded
        .operator()
        .newUser(
            "bob",
            "bobs-secret",
            List.of("Topic:bobs-*", "Group:bobs-*"),
            List.of("Pub", "Sub", "Get"));
    write(USERS);
  }

  @AfterAll
  static void end() throws Exception {
    try (GuardedGateway ending = guarded) {
      ending.endsCleanly();
    }
  }

  /** Until it is in use. */
  private static void write(String users) throws IOException {
    double before = reloaded();
    guarded.users(users);
    await().atMost(PATIENCE).until(() -> reloaded() > before);
  }

  private static double reloaded() {
    return guarded.gateway().sample("sluice_files_reloaded_total");
  }

  @Test
  void aUserSendsReceivesAndAcknowledgesWithinItsPermissions() throws Exception {
    OfficialSdk alice = guarded.sdk().as("alice", "alices-secret");
    String others = guarded.operator().newTopic("others", 1, MessageType.NORMAL);

    exchange(alice, "alices-");

    assertForbidden(() -> send(alice, others));
    assertForbidden(() -> receive(alice, "alices-readers", others));
  }

  @Test
  void wrongAndMissingCredentialsAreRefusedAlike() throws Exception {
    String topic = guarded.operator().newTopic("alices", 1, MessageType.NORMAL);
    Throwable wrong = catchThrowable(() -> send(guarded.sdk().as("alice", "a-wrong-one"), topic));
    Throwable unknown =
        catchThrowable(() -> send(guarded.sdk().as("mallory", "alices-secret"), topic));
    Throwable missing = catchThrowable(() -> send(guarded.sdk(), topic));

    for (Throwable each : List.of(wrong, unknown, missing)) {
      assertThat(causes(each)).as(String.valueOf(each)).contains(UnauthorizedException.class);
    }
    assertThat(told(wrong)).contains("40100").isEqualTo(told(unknown));
  }

  @Test
  void aChangeOfPermissionsReachesARunningClient() throws Exception {
    // given
    OfficialSdk carol = guarded.sdk().as("carol", "carols-secret");
    String first = guarded.operator().newTopic("carols", 1, MessageType.NORMAL);
    String second = guarded.operator().newTopic("more", 1, MessageType.NORMAL);
    String mine =
        """
        - access-key: carol
          secret-key: carols-secret
          permissions:
            - {resource: "Topic:carols-*", actions: PUB}
        """;
    write(USERS + mine);
    try (Producer producer = carol.producer(first)) {
      producer.send(OfficialSdk.message(first, "a").build());
      assertForbidden(() -> producer.send(OfficialSdk.message(second, "b").build()));

      // when
      write(USERS + mine.replace("carols-*", "*"));

      // then
      producer.send(OfficialSdk.message(second, "c").build());
      assertThat(guarded.operator().read(second)).containsExactly("c");

      // when she is gone
      write(USERS);

      // then
      assertThatThrownBy(() -> producer.send(OfficialSdk.message(first, "d").build()))
          .satisfies(e -> assertThat(causes(e)).contains(UnauthorizedException.class));
    }
  }

  @Test
  void theBrokerJudgesThoseWhoSignForThemselves() throws Exception {
    OfficialSdk bob = guarded.sdk().as("bob", "bobs-secret");
    String others = guarded.operator().newTopic("others", 1, MessageType.NORMAL);

    exchange(bob, "bobs-");

    assertForbidden(() -> send(bob, others));
    assertThat(guarded.operator().read(others)).isEmpty();
    assertForbidden(() -> receive(bob, "bobs-readers", others));
    String topic = guarded.operator().newTopic("bobs", 1, MessageType.NORMAL);
    assertThatThrownBy(() -> receive(bob, "others-readers", topic))
        .as("settings that are refused, for which the SDK has no words")
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the service has FAILED");
  }

  @Test
  void aBrokerWithAccessControlAsksWhatBecomesOfTransactions() throws Exception {
    // given what it can ask before any client has come
    assertThat(askedAtFirst).contains("clientId");

    String alices = guarded.operator().newTopic("alices", 1, MessageType.TRANSACTION);
    String bobs = guarded.operator().newTopic("bobs", 1, MessageType.TRANSACTION);
    try (Producer alice = committing("alice", alices);
        Producer bob = committing("bob", bobs)) {
      // when
      alice.send(OfficialSdk.message(alices, "left open").build(), alice.beginTransaction());
      bob.send(OfficialSdk.message(bobs, "left open").build(), bob.beginTransaction());

      // then
      for (String topic : List.of(alices, bobs)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(guarded.operator().read(topic)).containsExactly("left open"));
      }
    }
  }

  private static Producer committing(String user, String topic) throws ClientException {
    return guarded
        .sdk()
        .as(user, user + "s-secret")
        .transactional(topic, message -> TransactionResolution.COMMIT);
  }

  @Test
  void theSdkForNodeSignsAsWell() throws Exception {
    String topic = guarded.operator().newTopic("alices-node", 1, MessageType.NORMAL);
    String others = guarded.operator().newTopic("others-node", 1, MessageType.NORMAL);
    String group = "alices-" + UUID.randomUUID();

    // All of them at once, since one that is refused tries again for some seconds.
    try (Child right = node(topic, group, "alice", "alices-secret");
        Child wrong = node(topic, group, "alice", "a-wrong-one");
        Child missing = node(topic, group);
        Child forbidden = node(others, group, "alice", "alices-secret")) {
      assertThat(printed(right))
          .contains("sent", "received from node")
          .noneMatch(line -> line.startsWith("refused"));
      assertThat(printed(wrong)).containsExactly("refused 40100");
      assertThat(printed(missing)).containsExactly("refused 40100");
      assertThat(printed(forbidden)).containsExactly("refused 40300");
    }
  }

  private static Child node(String topic, String group, String... credentials) throws Exception {
    var arguments = new ArrayList<>(List.of(guarded.gateway().grpc(), topic, group));
    arguments.addAll(List.of(credentials));
    return Child.node("users.js", arguments.toArray(String[]::new));
  }

  private static List<String> printed(Child program) throws InterruptedException {
    assertThat(program.awaitExit(PATIENCE)).as(program.output().toString()).isZero();
    return program.output().all();
  }

  /** What is sent is received, and comes no more once it is acknowledged. */
  private static void exchange(OfficialSdk user, String prefix) throws Exception {
    String topic = guarded.operator().newTopic(prefix + "t", 2, MessageType.NORMAL);
    try (SimpleConsumer consumer =
            user.simple(prefix + UUID.randomUUID(), Duration.ofSeconds(3), Map.of(topic, SUB_ALL));
        Producer producer = user.producer(topic)) {
      assertThat(consumer.receive(1, Duration.ofSeconds(10))).as("the group begins").isEmpty();
      var sent = new TreeSet<String>();
      for (int i = 0; i < 5; i++) {
        producer.send(OfficialSdk.message(topic, prefix + i).build());
        sent.add(prefix + i);
      }
      var received = new TreeSet<String>();
      Deadline deadline = Deadline.after(PATIENCE);
      while (received.size() < sent.size() && !deadline.isPast()) {
        for (MessageView message : consumer.receive(16, Duration.ofSeconds(30))) {
          received.add(UTF_8.decode(message.getBody()).toString());
          consumer.ack(message);
        }
      }
      assertThat(received).isEqualTo(sent);
    }
  }

  private static void send(OfficialSdk user, String topic) throws Exception {
    try (Producer producer = user.producer()) {
      producer.send(OfficialSdk.message(topic, "x").build());
    }
  }

  private static void receive(OfficialSdk user, String group, String topic) throws Exception {
    try (SimpleConsumer consumer =
        user.simple(group, Duration.ofSeconds(1), Map.of(topic, SUB_ALL))) {
      consumer.receive(1, Duration.ofSeconds(10));
    }
  }

  private static void assertForbidden(ThrowingCallable call) {
    Throwable refusal = catchThrowable(call);
    assertThat(causes(refusal)).as(String.valueOf(refusal)).contains(ForbiddenException.class);
  }

  private static List<Class<?>> causes(Throwable thrown) {
    var all = new ArrayList<Class<?>>();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      all.add(each.getClass());
    }
    return all;
  }

  /** What the gateway said, which has the number of the request before it. */
  private static String told(Throwable thrown) {
    Throwable each = thrown;
    while (!(each instanceof ClientException) && each.getCause() != null) {
      each = each.getCause();
    }
    return String.valueOf(each.getMessage()).replaceAll("request-id=[^,\\]]*", "");
  }
}
