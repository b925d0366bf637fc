package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** When brokers hear of this client's groups, on a cluster of one that notes what it hears. */
class HeartbeatsTest {

  /** A name server and broker on one port. */
  private static final class Cluster implements AutoCloseable {
    final StubPeer peer;
    final AtomicInteger refusals = new AtomicInteger();
    final List<Runnable> held = new CopyOnWriteArrayList<>();
    volatile boolean holding;

    Cluster() throws IOException {
      peer = StubPeer.start(this::take);
    }

    private void take(RemotingCommand command, StubPeer.Line line) throws IOException {
      if (command.code() == RequestCode.GET_BROKER_CLUSTER_INFO) {
        line.send(
            StubPeer.body(
                command,
                """
                {"brokerAddrTable":{"b":{"brokerAddrs":{0:"%s"},"brokerName":"b","cluster":"c"}}}\
                """
                    .formatted(peer.endpoint())));
      } else if (holding && command.code() == RequestCode.HEART_BEAT) {
        held.add(
            () -> {
              try {
                line.send(StubPeer.success(command, Fields.empty()));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } else if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        line.send(
            RemotingCommand.response(
                1, command.opaque(), "not now", Fields.empty(), ByteBuffer.allocate(0)));
      } else {
        line.send(StubPeer.success(command, Fields.empty()));
      }
    }

    String lastHeartbeat() {
      return peer.received.stream()
          .filter(command -> command.code() == RequestCode.HEART_BEAT)
          .reduce((earlier, later) -> later)
          .map(command -> StandardCharsets.UTF_8.decode(command.body().duplicate()).toString())
          .orElse("");
    }

    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  @Test
  void groupsAreToldAgainSoonAfterTheirConnectionWasLost(Ledger ledger) throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture = ClientFixture.start(cluster.peer.endpoint().toString(), ledger)) {
      fixture.client.memberships().joinProducers("senders");
      Awaitility.await().until(() -> cluster.peer.receivedWith(RequestCode.HEART_BEAT) == 1);

      cluster.peer.hangUp();

      // Without the loss they would be told 30 s later.
      Awaitility.await().until(() -> cluster.peer.receivedWith(RequestCode.HEART_BEAT) == 2);
      assertThat(cluster.lastHeartbeat()).contains("senders");
    }
  }

  @Test
  void groupsThatABrokerDidNotTakeAreToldAgainSoon(Ledger ledger) throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture = ClientFixture.start(cluster.peer.endpoint().toString(), ledger)) {
      cluster.refusals.set(2);

      fixture.client.memberships().joinProducers("senders");

      Awaitility.await().until(() -> cluster.peer.receivedWith(RequestCode.HEART_BEAT) == 3);
    }
  }

  @Test
  void aGroupIsShownWithItsTopicsUntilItLeavesTheLast(Ledger ledger) throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture = ClientFixture.start(cluster.peer.endpoint().toString(), ledger)) {
      Memberships memberships = fixture.client.memberships();

      FutureReply.<Done>await(reply -> memberships.joinConsumers("g", "t1", Filter.ALL, reply));
      FutureReply.<Done>await(
          reply -> memberships.joinConsumers("g", "t2", Filter.tags("a"), reply));
      assertThat(cluster.lastHeartbeat()).contains("\"t1\"").contains("\"t2\"");
      FutureReply.<Done>await(reply -> memberships.leaveTopic("g", "t1", reply));
      assertThat(cluster.lastHeartbeat()).doesNotContain("\"t1\"").contains("\"t2\"");
      assertThat(cluster.peer.receivedWith(RequestCode.UNREGISTER_CLIENT)).isZero();
      FutureReply.<Done>await(reply -> memberships.leaveTopic("g", "t2", reply));

      assertThat(cluster.peer.receivedWith(RequestCode.UNREGISTER_CLIENT)).isOne();
    }
  }

  @Test
  void aGroupIsShownUnderTheNameGivenAndYieldsToWhatClassicMembersShow(Ledger ledger)
      throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture = ClientFixture.start(cluster.peer.endpoint().toString(), ledger)) {
      Memberships memberships = fixture.client.memberships();

      FutureReply.<Done>await(
          reply -> memberships.joinConsumers("g", "one of us", "t", Filter.ALL, reply));
      assertThat(cluster.lastHeartbeat())
          .contains("\"clientID\":\"one of us\"")
          // Those of classic members are times.
          .contains("\"subVersion\":1,");
      FutureReply.<Done>await(
          reply -> memberships.joinConsumers("g", "one of us", "t", Filter.tags("a"), reply));
      assertThat(cluster.lastHeartbeat()).contains("\"subVersion\":2,");

      FutureReply.<Done>await(reply -> memberships.leave("g", reply));
      assertThat(cluster.peer.received)
          .filteredOn(command -> command.code() == RequestCode.UNREGISTER_CLIENT)
          .singleElement()
          .matches(command -> command.fields().require("clientID").equals("one of us"));
    }
  }

  @Test
  void whoLeavesWaitsForTheHeartbeatsThatWouldBringItBack(Ledger ledger) throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture = ClientFixture.start(cluster.peer.endpoint().toString(), ledger)) {
      Memberships memberships = fixture.client.memberships();
      cluster.holding = true;
      memberships.joinConsumers("g", "t", Filter.ALL, ignored());
      Awaitility.await().until(() -> cluster.held.size() == 1);

      FutureReply<Done> left = new FutureReply<>();
      memberships.leave("g", left);
      memberships.joinConsumers("other", "t", Filter.ALL, ignored());
      Awaitility.await().until(() -> cluster.held.size() == 2);
      assertThat(cluster.peer.receivedWith(RequestCode.UNREGISTER_CLIENT)).isZero();
      cluster.holding = false;
      cluster.held.removeFirst().run();

      Awaitility.await().until(() -> cluster.peer.receivedWith(RequestCode.UNREGISTER_CLIENT) == 1);
      assertThat(left.join()).isEqualTo(Done.DONE);
      cluster.held.removeFirst().run();
    }
  }

  private static Reply<Done> ignored() {
    return new FutureReply<>();
  }

  @Test
  void manyGroupsAreToldInSeveralHeartbeats(Ledger ledger) throws IOException {
    try (Cluster cluster = new Cluster();
        ClientFixture fixture =
            ClientFixture.start(
                cluster.peer.endpoint().toString(),
                ledger,
                options -> options.heartbeatInterval(Duration.ofSeconds(1)))) {
      for (int i = 0; i < 1_200; i++) {
        String group = "g" + i;
        FutureReply.<Done>await(
            reply -> fixture.client.memberships().joinConsumers(group, "t", Filter.ALL, reply));
      }
      CopyOnWriteArrayList<RemotingCommand> received =
          (CopyOnWriteArrayList<RemotingCommand>) cluster.peer.received;
      received.clear();

      Awaitility.await().until(() -> cluster.peer.receivedWith(RequestCode.HEART_BEAT) >= 3);

      assertThat(received)
          .filteredOn(command -> command.code() == RequestCode.HEART_BEAT)
          .allMatch(command -> groups(command) <= 500);
    }
  }

  private static int groups(RemotingCommand heartbeat) {
    String text = StandardCharsets.UTF_8.decode(heartbeat.body().duplicate()).toString();
    return text.split("\"groupName\"", -1).length - 1;
  }
}
