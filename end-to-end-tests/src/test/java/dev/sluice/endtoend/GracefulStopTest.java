package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.TransactionCheck;
import dev.sluice.gateway.proto.proxy.TransactionMode;
import dev.sluice.gateway.proto.proxy.TransactionResolution;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM before a real broker, whatever is going on. */
class GracefulStopTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of a gateway that has all the time that it needs. */
  private static final Duration AMPLE = Duration.ofSeconds(60);

  /** What ends at once on a busy machine; less than a broker or a caller waits for messages. */
  private static final Duration AT_ONCE = Duration.ofSeconds(15);

  private static final Duration LONG_POLL = Duration.ofSeconds(60);

  private static final int HELD = 20;

  private final List<Client> clients = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  private Client client(RunningGateway gateway) {
    Client client = Client.to(gateway.grpc());
    clients.add(client);
    return client;
  }

  private RunningGateway before(String nameServer, Duration shutdownTimeout) throws Exception {
    return RunningGateway.before(
        nameServer,
        folder.resolve("gateway"),
        Map.of(
            "SHUTDOWN_TIMEOUT",
            shutdownTimeout.toSeconds() + "s",
            "PULL_TIMEOUT",
            LONG_POLL.toSeconds() + "s",
            // Whatever comes again sooner was handed back.
            "INVISIBLE_DURATION",
            "10m"));
  }

  @Test
  void whatIsUnderWayEndsAtOnceAndNothingIsLost() throws Exception {
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    String sent = TopicNames.unique("stop-sent");
    String held = TopicNames.unique("stop-held");
    String decided = TopicNames.unique("stop-decided");
    String empty = TopicNames.unique("stop-empty");
    try (RunningGateway first = before(nameServer, AMPLE);
        RunningGateway second = before(nameServer, AMPLE)) {
      // given others that go on
      Client there = client(second);
      Reader ofSent = there.read(there.consumer(sent, sent)).acknowledging();
      Reader ofDecided = there.read(there.consumer(decided, decided)).acknowledging();

      // and a consumer that holds messages, a transaction that is open and one who is asked for it
      Client here = client(first);
      Reader holder = here.read(here.consumer(held, held));
      here.send(here.producer(held), IntStream.range(0, HELD).mapToObj(i -> "m" + i).toList());
      await().atMost(PATIENCE).until(() -> holder.messages().size() == HELD);
      String producer = here.producer(decided);
      String transaction = begin(here, producer);
      var checker = new Answers<TransactionCheck>();
      RocketMQProxyGrpc.newStub(here.channel())
          .checkTransactions(
              CheckTransactionsRequest.newBuilder().setProducerId(producer).build(), checker);
      await().atMost(PATIENCE).until(() -> first.open("transaction checker") == 1);

      // and one of the other service
      here.send(here.producer(empty), "sent before the group begins");
      var v2 = new V2Caller(here, empty);
      Answers<?> telemetry = v2.telemetry();
      await().atMost(PATIENCE).until(() -> telemetry.all().size() == 1);

      // and many that send
      Senders senders =
          Senders.begin(Stream.generate(() -> client(first)).limit(4).toList(), 16, sent);
      await().atMost(PATIENCE).until(() -> senders.stored().size() > 1000);

      // and a long poll that has just begun: calls of one connection are served in their order
      Answers<ReceiveMessageResponse> receive = v2.receive(empty, LONG_POLL);
      var watch = new Answers<HealthCheckResponse>();
      HealthGrpc.newStub(here.channel()).watch(HealthCheckRequest.getDefaultInstance(), watch);
      await().atMost(PATIENCE).until(() -> !watch.all().isEmpty());

      // when
      Duration took = stop(first);

      // then all of it ends
      tell("in the midst of everything", took);
      assertThat(took).isLessThan(AT_ONCE);
      assertQuiet(first, "Sluice has stopped.");
      assertThat(senders.awaitRefusals(PATIENCE)).allMatch(each -> each.startsWith("UNAVAILABLE"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(holder.end())
                      .extracting(Status::getCode)
                      .isEqualTo(Status.Code.UNAVAILABLE));
      assertThat(checker.endCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(telemetry.endCode()).isEqualTo(Status.Code.OK);
      assertThat(watch.endCode()).isNotEqualTo(Status.Code.OK);
      assertThat(receive.endCode()).isEqualTo(Status.Code.OK);
      assertThat(receive.all())
          .extracting(answer -> answer.getStatus().getCode())
          .containsExactly(Code.MESSAGE_NOT_FOUND);

      // and nothing is lost
      commit(there, there.producer(decided), transaction);
      Reader heir = there.read(there.consumer(held, held)).acknowledging();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(new HashSet<>(ofSent.bodies())).containsAll(senders.stored());
                assertThat(new HashSet<>(heir.bodies())).hasSize(HELD);
                assertThat(ofDecided.bodies()).containsExactly("undecided");
              });
      assertThat(heir.messages()).extracting(Message::getReconsumeTimes).containsOnly(1);
    }
  }

  private static String begin(Client client, String producer) {
    var begun =
        client
            .stub()
            .sendTransactionMessage(
                SendTransactionMessageRequest.newBuilder()
                    .setProducerId(producer)
                    .setMessageBody("undecided")
                    .setMode(TransactionMode.MANUAL)
                    .build());
    assertThat(begun.getSuccess()).as(begun.getMessage()).isTrue();
    return begun.getTransactionId();
  }

  private static void commit(Client client, String producer, String transaction) {
    var ended =
        client
            .stub()
            .endTransaction(
                EndTransactionRequest.newBuilder()
                    .setProducerId(producer)
                    .setTransactionId(transaction)
                    .setResolution(TransactionResolution.COMMIT)
                    .build());
    assertThat(ended.getSuccess()).as(ended.getMessage()).isTrue();
  }

  @Test
  void aBrokerThatHangsCostsNoMoreThanTheTimeToStop() throws Exception {
    Duration allowed = Duration.ofSeconds(4);
    try (RunningGateway owner =
            RunningGateway.start(
                Map.of(
                    "DATA_DIR",
                    folder.resolve("engine").toString(),
                    "SHUTDOWN_TIMEOUT",
                    allowed.toSeconds() + "s"));
        RunningGateway hasty = before(owner.upstream(), allowed);
        RunningGateway patient = before(owner.upstream(), AMPLE)) {
      // given senders, and a broker that answers nothing any more
      String topic = TopicNames.unique("stop-hanging");
      Senders ofHasty = Senders.begin(List.of(client(hasty)), 8, topic);
      Senders ofPatient = Senders.begin(List.of(client(patient)), 8, topic);
      await()
          .atMost(PATIENCE)
          .until(() -> ofHasty.stored().size() > 200 && ofPatient.stored().size() > 200);
      List<ProcessHandle> engine = owner.process().handle().descendants().toList();
      assertThat(engine).isNotEmpty();
      for (ProcessHandle process : engine) {
        freeze(process);
      }
      await()
          .atMost(PATIENCE)
          .until(() -> hasty.open("pending send") == 8 && patient.open("pending send") == 8);

      // when one that does not own it is told to stop
      Duration took = stop(hasty);

      // then it abandons what nobody answers, and says so
      tell("broker hangs", took);
      assertThat(took).isLessThan(allowed.plus(AT_ONCE));
      assertQuiet(hasty, "Sluice has stopped, but not cleanly.");
      assertThat(ofHasty.awaitRefusals(PATIENCE))
          .hasSize(8)
          .allMatch(each -> each.matches("(UNKNOWN_OUTCOME|UNAVAILABLE): .*"));

      // when one that would take longer is told again
      patient.process().terminate();
      patient.process().awaitLine(PATIENCE, "Sluice is stopping ..."::equals);
      long begun = System.nanoTime();
      patient.process().terminate();

      // then it waits for nothing
      assertThat(patient.process().awaitExit(PATIENCE)).isEqualTo(128 + 15);
      tell("told again", since(begun));
      assertThat(since(begun)).isLessThan(AT_ONCE);
      ofPatient.awaitRefusals(PATIENCE);

      // when the one that owns it is told to stop
      took = stop(owner);

      // then the broker is gone too
      tell("its own broker hangs", took);
      assertThat(took).isLessThan(allowed.plus(AT_ONCE));
      assertThat(engine).noneMatch(ProcessHandle::isAlive);
    }
  }

  private static void freeze(ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void aStartIsLeftOff() throws Exception {
    try (Child starting =
        Child.sluice(
            Map.of(
                "DATA_DIR", folder.toString(),
                "GRPC_PORT", "0",
                "METRICS_PORT", "0"),
            "serve")) {
      starting.awaitLine(PATIENCE, line -> line.contains("starting RocketMQ on"));
      await().atMost(PATIENCE).until(() -> starting.handle().descendants().count() > 0);
      List<ProcessHandle> engine = starting.handle().descendants().toList();

      // when
      long begun = System.nanoTime();
      starting.terminate();

      // then
      assertThat(starting.awaitExit(PATIENCE)).as(starting.output().toString()).isZero();
      tell("while it starts", since(begun));
      assertThat(since(begun)).isLessThan(AT_ONCE);
      assertThat(starting.output().all()).last().isEqualTo("Sluice has stopped.");
      assertThat(starting.output().toString()).doesNotContain("ERROR", "Sluice is ready");
      await().atMost(PATIENCE).until(() -> engine.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  /** SIGTERM, and how long it takes until the process has ended. */
  private static Duration stop(RunningGateway gateway) throws InterruptedException {
    long begun = System.nanoTime();
    gateway.process().terminate();
    int exit = gateway.process().awaitExit(PATIENCE);
    Duration took = since(begun);
    assertThat(exit).as(gateway.process().output().toString()).isZero();
    return took;
  }

  private static Duration since(long begunNanos) {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }

  private static void assertQuiet(RunningGateway gateway, String lastLine) {
    Lines output = gateway.process().output();
    assertThat(output.all()).as(output.toString()).last().isEqualTo(lastLine);
    assertThat(output.toString()).doesNotContain("ERROR", "LEAK");
  }

  private static void tell(String when, Duration took) {
    System.out.printf("graceful stop: %s: %d ms%n", when, took.toMillis());
  }
}
