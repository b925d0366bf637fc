package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line tells without a broker. */
class CommandLineTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " list", " show", " replay"})
  void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
    Ran ran = Ran.command("dead-letters" + command + " --help").assertWell();

    assertThat(ran.out())
        .contains("Usage: sluice dead-letters" + command, "Example", "Exit codes:");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void withoutACommandItTellsWhatThereIs() {
    assertThat(Ran.command("dead-letters").assertWell().out()).contains("list", "show", "replay");
    assertThat(Ran.command("help dead-letters").assertWell().out()).contains("list", "show");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "show", "replay"})
  void theHelpNamesEveryOptionThatAllHave(String command) {
    assertThat(Ran.command("dead-letters " + command + " --help").out())
        .contains("--bus=<address>", "--group=<group>", "--topic=<topic>", "--config=<file>")
        .contains("--timeout=<duration>", "--json", "SLUICE_BUS_CONFIG", "Default: 30s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lst                                        | Did you mean: dead-letters list
          list -t t --bus nats://a:1                 | Missing required option: '--group=<group>'
          list -g g --bus nats://a:1                 | Missing required option: '--topic=<topic>'
          list -g g -t t                             | --bus: (not set) (expected: kafka://host:port,
          list -g g -t t --bus http://a:1            | --bus: http://a:1 (expected: kafka://host:port,
          list -g g -t t --bus kafka://a             | --bus: kafka://a (expected: kafka://host:port,
          list -g g -t t --bus kafka://a:70000       | --bus: kafka://a:70000 (expected
          list -g g -t t --bus kafka://a:1,          | --bus: kafka://a:1, (expected
          list -g g -t t --bus nats://a:1 --max 0    | --max: 0 (expected: 1 to 10000)
          list -g g -t t --bus nats://a:1 --max x    | 'x' is not an int
          list -g g -t t --bus nats://a:1 --timeout 5 | --timeout: 5 (expected: a time with its unit, 500ms to 1h)
          list -g g -t t --bus nats://a:1 --timeout 2h | --timeout: 2h (expected
          list -g g -t a/b --bus nats://a:1          | topic: a/b (expected: 1 to 60 characters
          list -g a/b -t t --bus nats://a:1          | group: a/b (expected: 1 to 60 characters
          list -g g -t a.b --bus rocketmq://a:1      | topic: a.b (expected: letters, digits, _ and -
          list -g g -t t --bus nats://a:1 --config no | --config: no does not exist (expected: a properties file)
          show -g g -t t --bus nats://a:1            | Missing required parameter: '<position>'
          replay -g g -t t --bus nats://a:1          | <position>: (none) (expected: positions, or --all)
          replay -g g -t t --bus nats://a:1 --all 1@2 | <position>: given with --all (expected
          replay -g g -t t --bus nats://a:1 1@2 --max 2 | --max: 2 (expected: 1 to 100000, with --all)
          """)
  void aWrongCommandLineIsRefusedAndSaysWhatIsRight(String line, String told) {
    Ran ran = Ran.command("dead-letters " + line);

    assertThat(ran.err()).contains(told);
    assertThat(ran.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void anAddressWithASecretInItIsNotRepeated() {
    Ran ran = Ran.command("dead-letters list -g g -t t --bus nats://ann:hidden-one@a:1");

    ran.assertFailed(ExitCodes.USAGE, "--bus: one with a user in it (expected: ");
    assertThat(ran.err()).contains("--config").doesNotContain("hidden-one");
  }

  @ParameterizedTest
  @CsvSource({"kafka,Kafka", "nats,NATS", "tls,NATS", "rocketmq,RocketMQ"})
  void whereNobodyListensItSaysSoAtOnce(String scheme, String title) {
    String address = scheme + "://127.0.0.1:" + FreePort.ofLoopback();

    Ran ran = Ran.command("dead-letters list -g g -t t --timeout 1h --bus " + address);

    ran.assertFailed(ExitCodes.UNAVAILABLE, "no " + title + " at " + address + " (127.0.0.1:");
    assertThat(ran.err()).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "nats", "rocketmq"})
  void whoTakesConnectionsAndNeverAnswersIsGivenUpInTime(String scheme) throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = scheme + "://127.0.0.1:" + mute.getLocalPort();

      Ran ran =
          Ran.command(
              Map.of("SLUICE_BUS", address),
              List.of("dead-letters", "list", "-g", "g", "-t", "t", "--timeout", "1s"));

      ran.assertFailed(ExitCodes.UNAVAILABLE, "127.0.0.1:" + mute.getLocalPort());
      assertThat(ran.err()).hasLineCount(1);
    }
  }
}
