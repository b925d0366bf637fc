package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * However a stream ends, what it held goes to others of its group, before a real broker. Left alone
 * it would come again after ten minutes: whatever comes was handed back.
 */
@Execution(ExecutionMode.CONCURRENT)
class HandBackTest {

  private static final int HELD = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Map<String, String> SETTINGS =
      Map.of(
          "INVISIBLE_DURATION", "10m",
          "KEEPALIVE_TIME", "10s",
          "KEEPALIVE_TIMEOUT", "10s");

  private final Ledger ledger;
  private final String topic = TopicNames.unique("hand-back");
  private final List<Client> clients = new ArrayList<>();

  @TempDir Path data;

  HandBackTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  /** What becomes of whoever holds the messages. */
  enum End {
    STREAM_IS_CANCELLED {
      @Override
      void happen(Client holder, Reader stream, FaultyNetwork network) {
        stream.cancel();
      }
    },
    CONNECTION_IS_CLOSED {
      @Override
      void happen(Client holder, Reader stream, FaultyNetwork network) {
        holder.close();
      }
    },
    CONNECTION_IS_RESET {
      @Override
      void happen(Client holder, Reader stream, FaultyNetwork network) {
        network.refuse();
        network.cut();
      }
    },
    /** Not even an end of stream arrives. */
    CONNECTION_FALLS_SILENT {
      @Override
      void happen(Client holder, Reader stream, FaultyNetwork network) {
        network.stall();
      }
    };

    abstract void happen(Client holder, Reader stream, FaultyNetwork network);
  }

  private RunningGateway start() throws Exception {
    return RunningGateway.before(SharedEngine.rocketmq5().nameServerAddress(), data, SETTINGS);
  }

  private Client client(String address) {
    Client client = Client.to(address);
    clients.add(client);
    return client;
  }

  private void sendAll(Client client) {
    client.send(client.producer(topic), IntStream.range(0, HELD).mapToObj(i -> "m" + i).toList());
  }

  private Reader heir(RunningGateway gateway) {
    Client client = client(gateway.grpc());
    return client.open(client.consumer(topic, "heirs")).acknowledging().readAll();
  }

  @ParameterizedTest
  @EnumSource
  void whatAStreamHeldGoesToAnotherOfItsGroupWhenItEnds(End end) throws Exception {
    try (RunningGateway gateway = start()) {
      FaultyNetwork network = FaultyNetwork.start(ledger, gateway.address());
      try {
        // given a stream that holds all there is, and another that waits
        Client holder = client("127.0.0.1:" + network.port());
        Reader stream = holder.read(holder.consumer(topic, "heirs"));
        sendAll(client(gateway.grpc()));
        await().atMost(PATIENCE).until(() -> stream.messages().size() == HELD);
        Reader heir = heir(gateway);
        await().atMost(PATIENCE).until(() -> gateway.open("stream") == 2);

        // when
        var time = new Stopwatch();
        end.happen(holder, stream, network);
        await().atMost(PATIENCE).until(() -> gateway.open("stream") == 1);
        Duration seen = time.elapsed();

        // then
        awaitAll(heir);
        tell(end.toString(), seen, time.elapsed());
        assertThat(gateway.sample("sluice_handed_back_total")).isEqualTo(HELD);
        await().atMost(PATIENCE).until(() -> gateway.open("consumer session") == 1);
      } finally {
        network.close(Deadline.after(Duration.ofSeconds(5)));
      }
    }
  }

  @Test
  void whatAKilledProcessHeldGoesToAnotherOfItsGroup() throws Exception {
    try (RunningGateway gateway = start();
        Child holder =
            Child.node("receive.js", gateway.grpc(), "", topic, "heirs", "1000", "keep")) {
      holder.awaitLine(PATIENCE, "ready"::equals);
      sendAll(client(gateway.grpc()));
      await().atMost(PATIENCE).until(() -> holder.output().after("received").size() == HELD);
      Reader heir = heir(gateway);
      await().atMost(PATIENCE).until(() -> gateway.open("stream") == 2);

      // when
      var time = new Stopwatch();
      holder.kill();
      await().atMost(PATIENCE).until(() -> gateway.open("stream") == 1);
      Duration seen = time.elapsed();

      // then
      awaitAll(heir);
      tell("PROCESS_IS_KILLED", seen, time.elapsed());
      assertThat(gateway.sample("sluice_handed_back_total")).isEqualTo(HELD);
    }
  }

  @Test
  void whatAStreamHeldGoesToAnotherGatewaysStreamToo() throws Exception {
    try (RunningGateway first = start();
        RunningGateway second = start()) {
      Client holder = client(first.grpc());
      Reader stream = holder.read(holder.consumer(topic, "heirs"));
      sendAll(holder);
      await().atMost(PATIENCE).until(() -> stream.messages().size() == HELD);
      Reader heir = heir(second);

      // when
      var time = new Stopwatch();
      stream.cancel();
      await().atMost(PATIENCE).until(() -> first.open("stream") == 0);
      Duration seen = time.elapsed();

      // then
      awaitAll(heir);
      tell("through another gateway", seen, time.elapsed());
    }
  }

  /** Each once, as one that was delivered before. */
  private static void awaitAll(Reader heir) {
    await().atMost(PATIENCE).until(() -> heir.messages().size() == HELD);
    assertThat(heir.bodies()).doesNotHaveDuplicates();
    assertThat(heir.messages()).extracting(Message::getReconsumeTimes).containsOnly(1);
    assertThat(heir.refused()).isEmpty();
  }

  private static void tell(String end, Duration seen, Duration all) {
    System.out.printf(
        "hand-back: %s: seen after %d ms, all %d messages elsewhere %d ms later%n",
        end, seen.toMillis(), HELD, all.minus(seen).toMillis());
  }

  /** Runs from its making. */
  private static final class Stopwatch {
    private final long begun = System.nanoTime();

    Duration elapsed() {
      return Duration.ofNanos(System.nanoTime() - begun);
    }
  }
}
