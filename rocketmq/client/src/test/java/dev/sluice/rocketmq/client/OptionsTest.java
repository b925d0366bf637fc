package dev.sluice.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.TlsOptions;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The defaults, and that what cannot be is refused with a text that helps. */
class OptionsTest {
  private static ClientOptions.Builder client() {
    return ClientOptions.builder("127.0.0.1:9876");
  }

  private static AddressServer.Builder address() {
    return AddressServer.builder("http://names.test/rocketmq/nsaddr");
  }

  private static Message.Builder message() {
    return Message.builder("topic", "body");
  }

  @Test
  void theDefaultsAreThoseOfTheOfficialClient() {
    ClientOptions client = client().build();

    assertThat(client.instanceName()).isEqualTo("DEFAULT");
    assertThat(client.attempts()).isEqualTo(3);
    assertThat(client.callTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(client.namespace()).isEmpty();
    assertThat(client.vipChannel()).isFalse();
    assertThat(client.accessKey()).isEmpty();
    assertThat(client.tls()).isEmpty();
    assertThat(client.addressServer()).isEmpty();
  }

  @Test
  void aClientIdIsAddressInstanceAndUnit() {
    ClientOptions.Builder options = client().clientIp("10.0.0.1");

    assertThat(options.instanceName("a").build().clientId()).isEqualTo("10.0.0.1@a");
    assertThat(options.unitName("u").build().clientId()).isEqualTo("10.0.0.1@a#u");
    assertThat(client().build().clientId())
        .isEqualTo(client().build().clientId())
        .doesNotContain("DEFAULT")
        .matches("[0-9a-f.:]+@\\d+#.+");
  }

  @Test
  void secretsAreNotShown() {
    ClientOptions options = client().credentials("me", "hidden-word").build();

    assertThat(options.accessKey()).hasValue("me");
    assertThat(options.toString()).doesNotContain("hidden-word");
  }

  @Test
  void nameServersAreAListOfAddresses() {
    assertThat(ClientOptions.builder("a:1; b:2,c:3;").build().nameServers())
        .isEqualTo(List.of("a:1", "b:2", "c:3"));
  }

  @Test
  void tlsChecksEverythingUnlessItIsToldOtherwise() {
    ClientTls standard = ClientTls.standard();

    assertThat(standard.options()).isEqualTo(TlsOptions.standard());
    assertThat(standard.checkHostName()).isTrue();
    assertThat(standard.authorities()).isEmpty();
    assertThat(standard.certificate()).isEmpty();
    assertThat(ClientTls.builder().checkHostName(false).build().options().check())
        .isEqualTo(TlsOptions.Check.SIGNATURE);
    assertThat(client().tls(standard).build().tls()).contains(ClientTls.builder().build());
  }

  @Test
  void anAddressServerIsAskedEveryTwoMinutesAndKeepsNoFile() {
    AddressServer server = AddressServer.builder("http://names.test/rocketmq/nsaddr").build();
    ClientOptions client = ClientOptions.builder(server).build();

    assertThat(server.interval()).isEqualTo(Duration.ofMinutes(2));
    assertThat(server.snapshot()).isEmpty();
    assertThat(client.addressServer()).contains(server);
    assertThat(client.nameServers()).isEmpty();
  }

  static Stream<Arguments> impossible() {
    Path missing = Path.of("no-such-folder", "file");
    return Stream.of(
        refused(
            "certificate: " + missing + " (expected: with a key)",
            () -> ClientTls.builder().certificate(missing).build()),
        refused(
            "key: " + missing + " (expected: with a certificate)",
            () -> ClientTls.builder().key(missing).build()),
        refused(
            "authorities: " + missing + " (expected: a readable file)",
            () -> ClientTls.builder().authorities(missing).build()),
        refused("url of the address server", () -> AddressServer.builder("not a url").build()),
        refused("expected: http://host:port", () -> AddressServer.builder("ftp://a/b").build()),
        refused("interval: PT0S", () -> address().interval(Duration.ZERO).build()),
        refused("expected: in a folder", () -> address().snapshot(missing).build()),
        refused(
            "expected: a readable file, or none yet",
            () -> address().snapshot(Path.of("src")).build()),
        refused("nameServers: '' (expected: host:port", () -> ClientOptions.builder("").build()),
        refused("expected: host:port", () -> ClientOptions.builder("nowhere").build()),
        refused("1 to 65535", () -> ClientOptions.builder("host:0").build()),
        refused("attempts: 0 (expected: 1 to 16)", () -> client().attempts(0).build()),
        refused("callTimeout: PT-1S", () -> client().callTimeout(Duration.ofSeconds(-1)).build()),
        refused("instanceName: ''", () -> client().instanceName("")),
        refused("secretKey: empty", () -> client().credentials("a", "")),
        refused("letters, digits", () -> client().namespace("a b")),
        refused("topic: ''", () -> Message.builder("", "b")),
        refused("topic: 'a b'", () -> Message.builder("a b", "b")),
        refused("1 to 127", () -> Message.builder("x".repeat(128), "b")),
        refused("none of the brokers' own", () -> Message.builder("TBW102", "b")),
        refused("body length: 0", () -> Message.builder("topic", "")),
        refused("body length: 4194305", () -> Message.builder("topic", new byte[(4 << 20) + 1])),
        refused("property name: UNIQ_KEY", () -> message().property("UNIQ_KEY", "v")),
        refused("property name: TRAN_MSG", () -> message().property("TRAN_MSG", "true")),
        refused("neither U+0001 nor U+0002", () -> message().property("n", "a\u0001b")),
        refused("neither U+0001 nor U+0002", () -> message().property("n\u0002", "v")),
        refused("neither U+0001 nor U+0002", () -> message().tag("a\u0002")),
        refused("property name: ''", () -> message().property("", "v")),
        refused("key: 'a b' (expected: no blank)", () -> message().key("a b")),
        refused("delayLevel: 19 (expected: 1 to 18)", () -> message().delayLevel(19)),
        refused("one of the two", () -> message().delayLevel(1).deliverAt(Instant.now()).build()),
        refused("id: -1", () -> new MessageQueue("t", "b", -1)));
  }

  private static Arguments refused(String text, ThrowingCallable call) {
    return Arguments.of(text, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void impossible(String text, ThrowingCallable call) {
    RocketMQException failure = catchThrowableOfType(RocketMQException.class, call);

    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining(text);
  }

  @Test
  void namespacesAreTheOfficialClients() {
    Namespace space = new Namespace("space");

    assertThat(space.wrap("topic")).isEqualTo("space%topic");
    assertThat(space.wrap("space%topic")).isEqualTo("space%topic");
    assertThat(space.wrap("%RETRY%group")).isEqualTo("%RETRY%space%group");
    assertThat(space.wrap("%DLQ%group")).isEqualTo("%DLQ%space%group");
    assertThat(space.wrap("TBW102")).isEqualTo("TBW102");
    assertThat(space.unwrap("%RETRY%space%group")).isEqualTo("%RETRY%group");
    assertThat(space.unwrap("space%topic")).isEqualTo("topic");
    assertThat(space.unwrap("other%topic")).isEqualTo("other%topic");
    assertThat(new Namespace("").wrap("topic")).isEqualTo("topic");
  }

  @Test
  void aMessageDoesNotChangeWithWhatItWasMadeOf() {
    byte[] body = {1, 2, 3};
    Message message = Message.builder("topic", body).build();
    body[0] = 9;

    assertThat(message.body().get(0)).isEqualTo((byte) 1);
    assertThatThrownBy(() -> message.body().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> message.properties().put("a", "b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
