package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.AclAccount;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.SendReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A 4.9.7 broker that asks its callers who they are, by its plain access control. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainAclTest {
  private static final String TOPIC = "orders";
  private static final String OTHER = "salaries";
  private static final String GROUP = "readers";
  private static final AclAccount OWNER = AclAccount.admin("the-owner", "the-owners-secret");
  private static final AclAccount WRITER =
      new AclAccount(
          "the-writer", "the-writers-secret", false, Map.of(TOPIC, AclAccount.Right.PUB), Map.of());
  private static final AclAccount READER =
      new AclAccount(
          "the-reader",
          "the-readers-secret",
          false,
          Map.of(TOPIC, AclAccount.Right.SUB),
          Map.of(GROUP, AclAccount.Right.SUB));

  private RocketMQEngine engine;

  @BeforeAll
  void start(@TempDir Path directory) {
    engine =
        RocketMQEngine.in(directory)
            .version(RocketMQVersion.V4)
            .quickStart()
            .accounts(OWNER, WRITER, READER)
            .start();
    try (ClientFixture owner = as(OWNER, Ledger.create())) {
      for (String topic : new String[] {TOPIC, OTHER}) {
        FutureReply.<Done>await(
            reply -> owner.client.administration().createTopic(TopicSpec.normal(topic, 1), reply));
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> owner.route(topic).writableCount() == 1);
      }
      FutureReply.<Done>await(
          reply ->
              owner.client.administration().createGroup(new GroupSpec(GROUP, false, 16), reply));
    }
  }

  @AfterAll
  void stop() {
    engine.close();
  }

  private ClientFixture as(AclAccount account, Ledger ledger) {
    return as(account.accessKey(), account.secretKey(), ledger);
  }

  private ClientFixture as(String accessKey, String secretKey, Ledger ledger) {
    return ClientFixture.start(
        engine.nameServerAddress(),
        ledger,
        options -> options.credentials(Credentials.of(accessKey, secretKey)));
  }

  @Test
  void thoseWithTheRightsSendAndRead(Ledger ledger) {
    try (ClientFixture writer = as(WRITER, ledger);
        ClientFixture reader = as(READER, ledger)) {
      SendReply sent = writer.send(writer.route(TOPIC).writable(0), "signed");
      assertThat(sent.status()).isEqualTo(SendReply.Status.STORED);

      assertThat(
              reader.pullAll(
                  reader.route(TOPIC).readable(0),
                  GROUP,
                  Filter.ALL,
                  sent.queueOffset(),
                  1,
                  Duration.ofSeconds(20)))
          .extracting(ClientFixture::body)
          .containsExactly("signed");
    }
  }

  @Test
  void aWrongSecretIsRefused(Ledger ledger) {
    try (ClientFixture wrong = as(WRITER.accessKey(), "not-the-secret", ledger)) {
      TopicQueue queue = wrong.route(TOPIC).writable(0);
      refused(() -> wrong.send(queue, "forged"), "signature");
    }
  }

  @Test
  void whoIsUnknownOrSignsNothingIsRefused(Ledger ledger) {
    try (ClientFixture unknown = as("nobody-at-all", "some-secret", ledger);
        ClientFixture unsigned = ClientFixture.start(engine.nameServerAddress(), ledger)) {
      refused(() -> unknown.send(unknown.route(TOPIC).writable(0), "?"), "nobody-at-all");
      refused(() -> unsigned.send(unsigned.route(TOPIC).writable(0), "?"), "AclException");
    }
  }

  @Test
  void whatAnAccountHasNoRightToIsRefused(Ledger ledger) {
    try (ClientFixture writer = as(WRITER, ledger)) {
      refused(() -> writer.send(writer.route(OTHER).writable(0), "a raise"), OTHER);
      refused(
          () ->
              FutureReply.await(
                  (Reply<PullReply> reply) ->
                      writer
                          .client
                          .pulling()
                          .pull(
                              GROUP, writer.route(TOPIC).readable(0), 0, 1, 0, Filter.ALL, reply)),
          "AclException");
      refused(
          () ->
              FutureReply.<Done>await(
                  reply ->
                      writer
                          .client
                          .administration()
                          .createTopic(TopicSpec.normal("new", 1), reply)),
          "AclException");
    }
  }

  @Test
  void groupsThatAnAccountHasNoRightToDoNotKeepTheBrokerFromHearingOfTheOthers(Ledger ledger) {
    try (ClientFixture reader =
        ClientFixture.start(
            engine.nameServerAddress(),
            ledger,
            options ->
                options.credentials(Credentials.of(READER.accessKey(), READER.secretKey())))) {
      for (String group : new String[] {"thieves", GROUP, "robbers"}) {
        join(reader, group);
      }

      // The broker forgets its members, which tell it anew, all of them together.
      engine.restart();

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          FutureReply.<List<String>>await(
                              reply -> reader.client.memberships().memberIds(GROUP, reply)))
                      .hasSize(1));
    }
  }

  private static void join(ClientFixture reader, String group) {
    Heartbeat.Consumer member =
        new Heartbeat.Consumer(
            group,
            Heartbeat.ConsumeType.CONSUME_PASSIVELY,
            List.of(new Heartbeat.Subscription(TOPIC, "TAG", "*", 1)));
    if (group.equals(GROUP)) {
      FutureReply.<Done>await(reply -> reader.client.memberships().joinClassic(member, reply));
    } else {
      refused(
          () ->
              FutureReply.<Done>await(
                  reply -> reader.client.memberships().joinClassic(member, reply)),
          group);
    }
  }

  private static void refused(Runnable call, String why) {
    ClientException failure = catchThrowableOfType(ClientException.class, call::run);
    assertThat(failure).isNotNull();
    assertThat(failure.category()).isEqualTo(FailureCategory.UNAUTHENTICATED);
    assertThat(failure).hasMessageContaining(why);
    assertThat(failure.getMessage()).doesNotContain("secret");
  }
}
