package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void withoutACommandItTellsWhatThereIs() {
    int code = run();

    assertThat(code).isZero();
    assertThat(out.toString())
        .contains(
            "serve",
            "config",
            "send",
            "receive",
            "bench",
            "topic",
            "dead-letters",
            "First steps:",
            "Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "config",
        "send",
        "receive",
        "bench",
        "topic",
        "topic create",
        "topic list",
        "key",
        "key create",
        "dead-letters"
      })
  void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
    int code = run((command + " --help").split(" "));

    assertThat(code).isZero();
    assertThat(out.toString()).contains("Usage: sluice " + command, "Example", "Exit codes:");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theHelpOfServeNamesEverySettingWithItsDefault() {
    run("serve", "--help");

    String help = out.toString().replaceAll("\\s+", " ");
    for (Setting setting : Setting.values()) {
      if (setting.secret()) {
        assertThat(help).doesNotContain(setting.flag()).contains(setting.name());
      } else {
        assertThat(help).contains(setting.flag() + "=<" + setting.kind().label() + ">");
        if (!setting.standard().isEmpty()) {
          assertThat(help).contains("Default: " + setting.standard() + ".");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          srve                                       | Did you mean: sluice serve
          serve --grpc-prot 1                        | --grpc-port
          serve --grpc-port 70000                    | GRPC_PORT: 70000 (expected: 0 to 65535
          send --topic t                             | --body
          send --body b                              | --topic
          send --topic t --body b --count 0          | --count: 0 (expected: 1 or more)
          send --topic t --body b --count x          | 'x' is not an int
          send --topic t --body b --property novalue | novalue
          receive --topic t                          | --group
          receive --topic t --group g --max 0        | --max: 0 (expected: 1 or more)
          receive --topic t --group g --timeout 5    | --timeout: 5 (expected: a duration
          receive --topic t --group g --from middle  | middle
          send --topic t --body b --tls-key k        | --tls-cert: (not set)
          send --topic t --body b --tls-cert c       | --tls-key: (not set)
          send --topic t --body b --tls-ca none.pem  | --tls-ca: none.pem does not exist (expected: PEM
          send --topic t --body b --api-key-file no  | --api-key-file: no cannot be read
          bench                                      | --topic
          bench --topic t --concurrency 0            | --concurrency: 0 (expected: 1 to 10000)
          bench --topic t --concurrency 99 --size 1MB | --concurrency: 99 (expected: 1 to 63, 64MB in flight)
          bench --topic t --rate -5                  | --rate: -5.0 (expected: 0.01 to 1000000)
          bench --topic t --rate x                   | 'x' is not a double
          bench --topic t --rate 5 --concurrency 5   | --concurrency: 5 with --rate (expected: one of the two)
          bench --topic t --duration 5               | --duration: 5 (expected: a duration
          bench --topic t --warm-up x                | --warm-up: x (expected: a duration
          bench --topic t --messages 0               | --messages: 0 (expected: 1 or more)
          bench --topic t --size 0                   | --size: 0 (expected: 1 to 4MB
          bench --topic t --size 5MB                 | --size: 5MB (expected: 1 to 4MB
          bench --topic t --connections 0            | --connections: 0 (expected: 1 to 100, one
          bench --topic t --connections 3 --concurrency 2 | --connections: 3 (expected: 1 to 2, one
          bench --topic t --mode odd                 | --mode: odd (expected: send or send-receive)
          bench --topic t --group g                  | --group: g (expected: with --mode send-receive)
          bench --topic t --fail-p99 20              | --fail-p99: 20 (expected: a duration
          bench --topic t --fail-rate 0              | --fail-rate: 0.0 (expected: above 0
          bench --topic t --fail-errors -1           | --fail-errors: -1 (expected: a number, or a share such as 0.1%)
          bench --topic t --svg no/such/folder.svg   | --svg: no/such/folder.svg cannot be written
          bench --topic t --tls-key k                | --tls-cert: (not set)
          key create                                 | --name
          key create --name a/b                      | --name: a/b (expected: 1 to 64 of
          topic create                               | <topic>
          topic create t --queues 0                  | --queues: 0 (expected: 1 to 1024)
          topic create t --kind odd                  | --kind: odd (expected: normal
          """)
  void aWrongCommandLineIsRefusedAndSaysWhatIsRight(String line, String told) {
    int code = run(line.strip().split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(told);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"send --topic t --body b", "receive --topic t --group g", "bench --topic t"})
  void withoutAGatewayTheErrorSaysHowToStartOne(String command) throws IOException {
    String address = "127.0.0.1:" + closedPort();

    int code = run((command + " --gateway " + address).split(" "));

    assertThat(code).isEqualTo(69);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "sluice: no gateway at "
                + address
                + " (start one with 'sluice serve', or name another with --gateway host:port)");
  }

  @Test
  void withoutABrokerTheErrorSaysHowToStartOne() throws IOException {
    String address = "127.0.0.1:" + closedPort();

    int code = run("topic", "list", "--upstream", address);

    assertThat(code).isEqualTo(69);
    assertThat(err.toString())
        .startsWith("sluice: no RocketMQ at " + address + " (start one with 'sluice serve'");
  }

  @Test
  void deadLettersAreNotThisProgramsAndItSaysWhose() {
    int code = run("dead-letters", "list", "--bus", "kafka://127.0.0.1:9092");

    assertThat(code).isEqualTo(69);
    assertThat(err.toString()).contains("expected: './sluice dead-letters list --bus");
  }

  @Test
  void aKeyIsShownOnceAndItsEntryIsForTheFile() {
    assertThat(run("key", "create", "--name", "orders")).isZero();

    assertThat(out.toString()).matches("- name: orders\n  sha256: \"[0-9a-f]{64}\"\n");
    assertThat(err.toString()).contains("shown this once: sluice_").doesNotContain("sha256");
  }

  @Test
  void aKeyThatIsWrittenToAFileIsItsOwnersAloneAndNotShown(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("orders.key");
    String[] command = {"key", "create", "--name", "orders", "--key-file", file.toString()};

    assertThat(run(command)).isZero();

    assertThat(Files.readString(file)).startsWith("sluice_").hasLineCount(1);
    assertThat(out.toString() + err).doesNotContain("sluice_");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(run(command)).as("it is there already").isNotZero();
    assertThat(err.toString()).contains("--key-file: " + file + " exists");
  }

  @Test
  void whoClosesTheConnectionWithoutAWordDoesNotSpeakGrpc() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> hearAndClose(mute));

      int exit =
          run("send", "--topic=orders", "--body=x", "--gateway=127.0.0.1:" + mute.getLocalPort());

      assertThat(exit).isEqualTo(ExitCodes.FAILED);
      assertThat(err.toString()).contains("does not speak gRPC in plain text");
    }
  }

  private static void hearAndClose(ServerSocket mute) {
    while (!mute.isClosed()) {
      try (Socket caller = mute.accept()) {
        var _ = caller.getInputStream().read(new byte[4096]);
      } catch (IOException e) {
        // The test is over, or the caller has gone.
      }
    }
  }

  @Test
  void itTellsItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).containsPattern("Sluice \\d+\\.\\d+\\.\\d+").contains("Java ");
  }

  private int run(String... arguments) {
    return Sluice.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** A port where nobody listens. */
  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
