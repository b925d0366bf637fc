package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Name servers that an HTTP server tells of. */
class NameServerDomainTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private volatile String body = "";
  private volatile int status = 200;
  private volatile boolean stalling;
  private HttpServer http;

  @TempDir private Path folder;

  @BeforeEach
  void serve() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(workers);
    http.createContext(
        "/rocketmq/nsaddr",
        exchange -> {
          asked.incrementAndGet();
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            exchange.sendResponseHeaders(status, stalling ? 1_000 : bytes.length);
            if (stalling) {
              exchange.getResponseBody().write('1');
              exchange.getResponseBody().flush();
              released.await();
            } else {
              exchange.getResponseBody().write(bytes);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    http.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    http.stop(0);
    workers.shutdownNow();
  }

  private NameServerDomain domain() {
    return NameServerDomain.of(
        "http://127.0.0.1:%d/rocketmq/nsaddr".formatted(http.getAddress().getPort()));
  }

  private ClientFixture client(NameServerDomain domain, Ledger ledger) {
    return ClientFixture.start(RemotingOptions.builder(domain).build(), ledger);
  }

  private static StubPeer nameServer() throws IOException {
    return StubPeer.start(NameServerDomainTest::answer);
  }

  private static void answer(RemotingCommand command, StubPeer.Line line) throws IOException {
    line.send(StubPeer.body(command, "{\"topicList\":[\"a\"]}"));
  }

  private static List<String> list(ClientFixture fixture) {
    return FutureReply.await(fixture.client.administration()::listTopics);
  }

  @Test
  void theServersThatItTellsAreAskedAndFollowedWhenTheyChange(Ledger ledger) throws IOException {
    try (StubPeer first = nameServer();
        StubPeer second = nameServer()) {
      body = first.endpoint() + "\n";
      try (ClientFixture fixture = client(domain().every(Duration.ofMillis(1)), ledger)) {
        assertThat(list(fixture)).containsExactly("a");
        assertThat(first.received).hasSize(1);

        body = second.endpoint().toString();

        // It looks every 5 s whether the interval is over.
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .untilAsserted(
                () -> {
                  list(fixture);
                  assertThat(second.received).isNotEmpty();
                });
        assertThat(fixture.closeClient().clean()).isTrue();
      }
    }
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
  }

  @Test
  void theSnapshotCountsWhileTheAddressServerIsAway(Ledger ledger) throws IOException {
    Path snapshot = folder.resolve("name-servers");
    try (StubPeer peer = nameServer()) {
      body = peer.endpoint().toString();
      try (ClientFixture fixture = client(domain().keptIn(snapshot), ledger)) {
        assertThat(list(fixture)).containsExactly("a");
      }
      assertThat(snapshot).hasContent(peer.endpoint().toString());
      status = 500;

      try (ClientFixture fixture = client(domain().keptIn(snapshot), ledger)) {
        assertThat(list(fixture)).containsExactly("a");
      }
      assertThat(asked).hasValue(2);
      assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }
  }

  @Test
  void aSnapshotThatCannotBeReadIsAWarningAndIgnored(Ledger ledger) throws IOException {
    Path snapshot = Files.writeString(folder.resolve("name-servers"), "\u0000garbage\n");
    List<String> warnings = new ArrayList<>();

    assertThat(new NameServerSnapshot(snapshot, warnings::add).read()).isEmpty();
    Path large = Files.writeString(folder.resolve("large"), "a:1;".repeat(10_000));
    assertThat(new NameServerSnapshot(large, warnings::add).read()).isEmpty();
    assertThat(new NameServerSnapshot(folder, warnings::add).read()).isEmpty();

    assertThat(warnings).hasSize(3).allMatch(text -> text.contains("is ignored: "));
    assertThat(warnings.getFirst()).contains(snapshot.toString(), "expected: 1 to 64 of host:port");
    try (StubPeer peer = nameServer()) {
      body = peer.endpoint().toString();
      try (ClientFixture fixture = client(domain().keptIn(snapshot), ledger)) {
        assertThat(list(fixture)).containsExactly("a");
      }
      assertThat(snapshot).hasContent(peer.endpoint().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>not found</html>",
        "host",
        "host:0",
        "host:70000",
        "a:1,b:2",
        "a:1; b:2",
        "a:1;",
        "a:1\nb:2",
        "-x:1",
        "http://a:1"
      })
  void whatIsNoListIsNotTaken(String text, Ledger ledger) {
    body = text;
    try (ClientFixture fixture = client(domain(), ledger)) {
      ClientException failure = catchThrowableOfType(ClientException.class, () -> list(fixture));
      assertThat(failure.category()).isEqualTo(FailureCategory.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining("no name server is known: " + domain().url())
          .hasMessageContaining("expected");
    }
  }

  @Test
  void aBodyThatDoesNotEndIsNotReadToItsEnd(Ledger ledger) {
    body = "a:1;".repeat(1 << 20);
    try (ClientFixture fixture = client(domain(), ledger)) {
      ClientException failure = catchThrowableOfType(ClientException.class, () -> list(fixture));
      assertThat(failure).hasMessageContaining("more than 16384 bytes");
    }
  }

  @Test
  void anAnswerThatStallsIsGivenUp(Ledger ledger) {
    stalling = true;
    NameServerDomain usual = domain();
    NameServerDomain hasty =
        new NameServerDomain(usual.url(), usual.interval(), Duration.ofMillis(300), null);
    try (ClientFixture fixture = client(hasty, ledger)) {
      ClientException failure = catchThrowableOfType(ClientException.class, () -> list(fixture));
      assertThat(failure).hasMessageContaining("no whole answer in PT0.3S");
      assertThat(fixture.closeClient().clean()).isTrue();
    }
  }

  @Test
  void aListThatFailsLaterLeavesTheLastOne(Ledger ledger) throws IOException {
    try (StubPeer peer = nameServer()) {
      body = peer.endpoint().toString();
      try (ClientFixture fixture = client(domain().every(Duration.ofMillis(1)), ledger)) {
        assertThat(list(fixture)).containsExactly("a");
        body = "nonsense";
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> asked.get() >= 2);
        assertThat(list(fixture)).containsExactly("a");
        assertThat(peer.receivedWith(RequestCode.HEART_BEAT)).isZero();
      }
    }
  }

  @Test
  void listsAreReadStrictlyAndEachServerOnce() {
    assertThat(NameServerList.parse(" a:1;b-2.c_d:65535;[::1]:9876;a:1\r\n"))
        .containsExactly(
            new Endpoint("a", 1), new Endpoint("b-2.c_d", 65_535), new Endpoint("::1", 9876));
    assertThatThrownBy(() -> NameServerList.parse("a:1;".repeat(64) + "a:1"))
        .hasMessageContaining("expected: 1 to 64");
    assertThat(NameServerList.parse(NameServerList.format(List.of(new Endpoint("::1", 1)))))
        .containsExactly(new Endpoint("::1", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a/b", "a:9876", "http:///x", "http://user:pw@a/b", "http://a/#x"})
  void whatIsNoUrlOfAnAddressServerIsRefused(String url) {
    assertThatThrownBy(() -> NameServerDomain.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ")
        .hasMessageNotContaining("pw");
  }

  @Test
  void aListBesideADomainIsRefused() {
    assertThatThrownBy(() -> RemotingOptions.builder(List.of()).build())
        .hasMessageContaining("nameServers: []");
    assertThat(RemotingOptions.builder(domain()).build().nameServers()).isEmpty();
  }
}
