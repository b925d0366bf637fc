package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The launcher has the event bus's commands run by their own program. */
class EventBusToolsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void theLaunchersHelpNamesThem() throws Exception {
    try (Child child = Child.sluice("--help")) {
      assertThat(child.awaitExit(PATIENCE)).isZero();
      assertThat(child.output().toString()).contains("dead-letters");
    }
  }

  @Test
  void theyTellTheirOwnHelp() throws Exception {
    try (Child child = Child.sluice("dead-letters", "list", "--help")) {
      assertThat(child.awaitExit(PATIENCE)).isZero();
      assertThat(child.output().toString()).contains("--bus=<address>", "--json");
    }
    try (Child child = Child.sluice("help", "dead-letters")) {
      assertThat(child.awaitExit(PATIENCE)).isZero();
      assertThat(child.output().toString()).contains("(list | show | replay)");
    }
  }

  @Test
  void everyBrokersClientIsThereAndAloneInWhatItSays() throws Exception {
    for (String scheme : new String[] {"kafka", "nats", "rocketmq"}) {
      try (var mute = new MuteServer()) {
        String address = scheme + "://127.0.0.1:" + mute.port();
        try (Child child =
            Child.sluice(
                Map.of("SLUICE_BUS", address),
                "dead-letters",
                "list",
                "--group=g",
                "--topic=t",
                "--timeout=500ms")) {
          assertThat(child.awaitExit(PATIENCE)).as("%s", child.output()).isEqualTo(69);
          assertThat(child.output().toString())
              .contains("sluice: no answer from " + address)
              .doesNotContain("WARN", "Exception in");
        }
      }
    }
  }
}
