package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.testkit.GarbageServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How routes are looked up, shared, refreshed and forgotten. */
class RouteCacheTest {
  private final ConcurrentMap<String, String> topics = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private Ledger ledger;
  private StubPeer nameServer;
  private @Nullable ClientFixture started;

  @BeforeEach
  void start(Ledger given) throws IOException {
    ledger = given;
    nameServer = StubPeer.start(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    if (started != null) {
      started.close();
    }
    nameServer.close();
  }

  private void answer(RemotingCommand request, StubPeer.Line line) throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    String route = topics.get(request.fields().require("topic"));
    line.send(
        route != null
            ? StubPeer.body(request, route)
            : RemotingCommand.response(
                ResponseCode.TOPIC_NOT_EXIST,
                request.opaque(),
                "no such topic",
                Fields.empty(),
                ByteBuffer.allocate(0)));
  }

  /** As a name server writes it, with map keys that are not quoted. */
  private static String route(int queues, int permission) {
    return "{\"brokerDatas\":[{\"brokerAddrs\":{0:\"127.0.0.1:10911\"},\"brokerName\":\"b\","
        + "\"cluster\":\"c\"},{\"brokerAddrs\":{1:\"127.0.0.1:10912\"},\"brokerName\":\"a\","
        + "\"cluster\":\"c\"}],\"queueDatas\":["
        + queueData("b", queues, permission)
        + ","
        + queueData("a", queues, permission)
        + "]}";
  }

  private static String queueData(String broker, int queues, int permission) {
    return "{\"brokerName\":\"%s\",\"perm\":%d,\"readQueueNums\":%d,\"writeQueueNums\":%d}"
        .formatted(broker, permission, queues, queues);
  }

  private void connect(UnaryOperator<RemotingOptionsBuilder> settings) {
    started = ClientFixture.start(nameServer.endpoint().toString(), ledger, settings);
  }

  private ClientFixture fixture() {
    return Objects.requireNonNull(started, "connect() comes first");
  }

  /** How many queues the route at hand has to write to; -1 if there is none. */
  private int writableAtHand(String topic) {
    Route route = fixture().client.routes().cached(topic);
    return route == null ? -1 : route.writableCount();
  }

  private long lookups() {
    return nameServer.receivedWith(RequestCode.GET_ROUTEINFO_BY_TOPIC);
  }

  @Test
  void queuesAreInAFixedOrderAndThoseWithoutAMasterAreReadOnly() {
    connect(options -> options);
    topics.put("orders", route(2, 6));
    Route route = fixture().route("orders");
    assertThat(route.readableQueues())
        .map(TopicQueue::toString)
        .containsExactly("orders@a:0", "orders@a:1", "orders@b:0", "orders@b:1");
    assertThat(route.writableQueues())
        .map(TopicQueue::toString)
        .containsExactly("orders@b:0", "orders@b:1");
    assertThat(route.readerCount()).isEqualTo(2);
    assertThat(route.broker("a"))
        .isEqualTo(new Broker("c", "a", null, new Endpoint("127.0.0.1", 10912)));
    assertThat(fixture().client.routes().cached("orders")).isSameAs(route);
  }

  @Test
  void manyWhoAskAtOnceShareOneLookup() {
    connect(options -> options);
    topics.put("orders", route(2, 6));
    gate = new CountDownLatch(1);
    List<CountedReply<Route>> replies = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      CountedReply<Route> reply = new CountedReply<>();
      replies.add(reply);
      fixture().client.routes().lookup("orders", reply);
    }
    Awaitility.await().until(() -> lookups() > 0);
    gate.countDown();
    replies.forEach(reply -> assertThat(reply.value()).isNotNull());
    assertThat(replies).allMatch(reply -> reply.completions.get() == 1);
    assertThat(lookups()).isEqualTo(1);
  }

  @Test
  void aMissingTopicIsRememberedForAWhileAndFoundAfterIt() {
    connect(options -> options.missingTopicTtl(Duration.ofMillis(300)));
    CountedReply<Route> first = new CountedReply<>();
    fixture().client.routes().lookup("later", first);
    assertThat(first.category()).isEqualTo(FailureCategory.NOT_FOUND);
    topics.put("later", route(1, 6));
    CountedReply<Route> second = new CountedReply<>();
    fixture().client.routes().lookup("later", second);
    second.await();
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(fixture().route("later").writableCount()).isEqualTo(1));
    assertThat(lookups()).isEqualTo(2);
  }

  @Test
  void withoutTheTemplateAMissingTopicIsMissingAlsoForSending() {
    connect(options -> options);
    CountedReply<Route> missing = new CountedReply<>();
    fixture().client.routes().lookupForSend("none", missing);
    assertThat(missing.category()).isEqualTo(FailureCategory.NOT_FOUND);
    topics.put("TBW102", route(8, 7));
    fixture().close();
    connect(options -> options);
    CountedReply<Route> made = new CountedReply<>();
    fixture().client.routes().lookupForSend("none", made);
    assertThat(made.value().writableCount()).isEqualTo(4);
    assertThat(made.value().provisional()).isTrue();
    assertThat(made.value().writable(3).toString()).isEqualTo("none@b:3");
  }

  @Test
  void routesInUseAreRefreshedInTheBackground() {
    connect(options -> options.routeRefresh(Duration.ofMillis(50)));
    topics.put("growing", route(1, 6));
    Route before = fixture().route("growing");
    Awaitility.await().until(() -> lookups() > 3);
    assertThat(fixture().client.routes().cached("growing")).as("unchanged").isSameAs(before);
    topics.put("growing", route(3, 6));
    Awaitility.await().until(() -> writableAtHand("growing") == 3);
    topics.put("growing", route(3, 4));
    Awaitility.await().until(() -> writableAtHand("growing") == 0);
    topics.remove("growing");
    Awaitility.await().until(() -> fixture().client.routes().cached("growing") == null);
  }

  @Test
  void unusedRoutesAreDroppedAndNoLongerAskedFor() {
    connect(
        options -> options.routeRefresh(Duration.ofMillis(30)).routeIdle(Duration.ofMillis(90)));
    topics.put("idle", route(1, 6));
    Route unused = fixture().route("idle");
    assertThat(unused.writableCount()).isEqualTo(1);
    Awaitility.await().until(() -> remembered() == 0);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(400))
        .until(
            () -> {
              long before = lookups();
              Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
              return lookups() == before;
            });
    assertThat(fixture().client.routes().cached("idle")).isNull();
  }

  @Test
  void anotherNameServerIsAskedWhenOneIsSilentOrAway() throws IOException {
    topics.put("orders", route(2, 6));
    try (GarbageServer silent = GarbageServer.silent(ledger)) {
      // Each client begins at a random one.
      for (int client = 1; client <= 4; client++) {
        started =
            ClientFixture.start(
                "127.0.0.1:1;127.0.0.1:" + silent.port() + ";" + nameServer.endpoint(),
                ledger,
                options -> options.callTimeout(Duration.ofSeconds(3)));
        for (int i = 0; i < 5; i++) {
          CountedReply<Route> reply = new CountedReply<>();
          fixture().client.routes().refresh("orders", reply);
          assertThat(reply.value().writableCount()).isEqualTo(2);
        }
        assertThat(silent.accepted())
            .as("stays with the one that answers")
            .isLessThanOrEqualTo(client);
        fixture().close();
      }
    }
  }

  @Test
  void withoutAnyNameServerALookupFailsOnceAndSoDoesTheNext() throws IOException {
    connect(options -> options);
    nameServer.close();
    for (int i = 0; i < 2; i++) {
      CountedReply<Route> reply = new CountedReply<>();
      fixture().client.routes().lookup("orders", reply);
      assertThat(reply.category()).isEqualTo(FailureCategory.UNAVAILABLE);
    }
  }

  @Test
  void whatCouldNotBeFoundOutIsNotRemembered() throws IOException {
    connect(options -> options);
    topics.put("orders", route(2, 6));
    topics.put("odd", "<html>");
    fixture().route("orders");
    CountedReply<Route> nonsense = new CountedReply<>();
    fixture().client.routes().lookup("odd", nonsense);
    nonsense.await();
    nameServer.close();
    for (int i = 0; i < 100; i++) {
      CountedReply<Route> reply = new CountedReply<>();
      fixture().client.routes().lookup("made-up-" + i, reply);
      assertThat(reply.category()).isEqualTo(FailureCategory.UNAVAILABLE);
    }
    CountedReply<Route> again = new CountedReply<>();
    fixture().client.routes().refresh("orders", again);
    again.await();

    assertThat(remembered()).isOne();
    assertThat(fixture().client.routes().cached("orders")).as("what was known").isNotNull();
  }

  @Test
  void noMoreThanSoManyRoutesAreRememberedAndTheOthersAreFoundAllTheSame() {
    connect(options -> options);
    for (int i = 0; i < RouteCache.MAX_ENTRIES + 50; i++) {
      topics.put("t" + i, route(1, 6));
      assertThat(fixture().route("t" + i).writableCount()).isOne();
    }

    assertThat(remembered()).isEqualTo(RouteCache.MAX_ENTRIES);
    assertThat(fixture().route("t" + (RouteCache.MAX_ENTRIES + 1)).writableCount()).isOne();
  }

  private int remembered() {
    return ((RouteCache) fixture().client.routes()).size();
  }

  @Test
  void aNameServerThatTellsNonsenseIsAnErrorNotARoute() {
    connect(options -> options);
    topics.put("odd", "{\"brokerDatas\":[{\"brokerAddrs\":{0:\"nowhere\"},\"brokerName\":\"b\"}]}");
    topics.put("odder", "<html>");
    for (String topic : List.of("odd", "odder")) {
      CountedReply<Route> reply = new CountedReply<>();
      fixture().client.routes().lookup(topic, reply);
      assertThat(reply.category()).isEqualTo(FailureCategory.INTERNAL);
    }
  }
}
