package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.access.Reloadable.Outcome;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.testkit.FakeClock;
import io.grpc.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeysTest {
  private static final String DIGEST = "a".repeat(64);

  private final FakeClock clock = FakeClock.create();
  private final String alices = ApiKeys.newKey();
  private final String bobs = ApiKeys.newKey();

  @TempDir private Path folder;

  @Test
  void aKeyIsKnownByEitherHeader() throws IOException {
    ApiKeys keys = keys(ApiKeys.entry("alice", alices) + ApiKeys.entry("bob", bobs));

    assertThat(keys.authenticate(header("x-api-key", alices)).name()).isEqualTo("alice");
    assertThat(keys.authenticate(header("authorization", "Bearer " + bobs)).name())
        .isEqualTo("bob");
    assertThat(keys.authenticate(header("authorization", "bearer  " + bobs)).name())
        .isEqualTo("bob");
    assertThat(keys.authenticate(header("x-api-key", alices)))
        .isSameAs(keys.authenticate(header("x-api-key", alices)));
  }

  @Test
  void keysAreLongRandomAndRecognisable() {
    assertThat(alices).startsWith("sluice_").hasSize(50).isNotEqualTo(bobs);
    assertThat(ApiKeys.entry("alice", alices)).doesNotContain(alices.substring(7, 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none          |                             | API key: missing (expected: metadata
          x-api-key     | sluice_nobodys-own-key      | API key: unknown (expected: metadata
          authorization | Bearer nobodys-own-key      | API key: unknown
          authorization | nobodys-own-key             | authorization: no bearer token (expected:
          authorization | MQv2-HMAC-SHA1 nobodys-own-key | authorization: no bearer token
          authorization | Basic nobodys-own-key       | authorization: no bearer token
          authorization | Bearer                      | authorization: no bearer token
          """)
  void callsWithoutAKnownKeyAreRefusedAndToldHow(String name, String value, String told)
      throws IOException {
    ApiKeys keys = keys(ApiKeys.entry("alice", alices));
    Metadata headers = name.equals("none") ? new Metadata() : header(name, value);

    assertThatThrownBy(() -> keys.authenticate(headers))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED))
        .hasMessageStartingWith(told)
        .hasMessageNotContaining("nobodys-own-key");
  }

  @Test
  void aKeyOf512CharactersIsLookedUpAndALongerOneNot() throws IOException {
    String longest = "k".repeat(512);
    ApiKeys keys = keys(ApiKeys.entry("long", longest));

    assertThat(keys.authenticate(header("x-api-key", longest)).name()).isEqualTo("long");
    assertThatThrownBy(() -> keys.authenticate(header("x-api-key", longest + "k")))
        .hasMessage("API key: 513 characters (expected: 1 to 512)");
    assertThatThrownBy(() -> keys.authenticate(header("x-api-key", "")))
        .hasMessage("API key: 0 characters (expected: 1 to 512)");
  }

  @Test
  void limitsAreThoseOfTheNameAndSayTheirBounds() throws IOException {
    ApiKeys keys =
        keys(
            ApiKeys.entry("alice", alices)
                + "  requests-per-second: 2\n  burst: 3\n  sessions: 1\n  streams: 1\n");
    Caller alice = keys.authenticate(header("x-api-key", alices));

    alice.charge(3);
    assertThatThrownBy(() -> alice.charge(1))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.OVERLOADED))
        .hasMessage(
            "requests of API key alice: more than 2 per second with a burst of 3 (expected: the"
                + " next in 501 ms)");
    assertThatThrownBy(() -> alice.charge(4))
        .hasMessage("requests of API key alice: 4 at once (expected: at most 3, its burst)");
    clock.advance(Duration.ofMillis(500));
    alice.charge(1);
    alice.sessions().take();
    assertThatThrownBy(() -> alice.sessions().take())
        .hasMessageStartingWith("sessions of API key alice: more than 1");
    alice.streams().take();
    assertThatThrownBy(() -> alice.streams().take())
        .hasMessageStartingWith("streams of API key alice: more than 1");
  }

  @Test
  void withoutLimitsThereAreNone() throws IOException {
    ApiKeys keys = keys(ApiKeys.entry("alice", alices));
    Caller alice = keys.authenticate(header("x-api-key", alices));

    for (int i = 0; i < 10_000; i++) {
      alice.charge(100);
      alice.sessions().take();
    }
  }

  @Test
  void aChangedFileIsInUseAndWhoIsGoneIsTold() throws IOException {
    // given
    ApiKeys keys = keys(ApiKeys.entry("alice", alices) + ApiKeys.entry("bob", bobs));
    List<Caller> revoked = new ArrayList<>();
    keys.onRevoked(revoked::add);
    Caller alice = keys.authenticate(header("x-api-key", alices));
    Caller bob = keys.authenticate(header("x-api-key", bobs));
    bob.sessions().take();

    // when
    write(ApiKeys.entry("bob", bobs) + "  sessions: 1\n");
    keys.look();
    Outcome outcome = keys.look();

    // then
    assertThat(outcome).isEqualTo(Outcome.RELOADED);
    assertThat(revoked).containsExactly(alice);
    assertThat(keys.accepts(alice)).isFalse();
    assertThat(keys.accepts(bob)).isTrue();
    assertThat(keys.authenticate(header("x-api-key", bobs))).isSameAs(bob);
    assertThatThrownBy(() -> keys.authenticate(header("x-api-key", alices)))
        .hasMessageStartingWith("API key: unknown");
    assertThatThrownBy(() -> bob.sessions().take())
        .as("what was open counts")
        .hasMessageContaining("more than 1");
  }

  @Test
  void oneKeyFollowsAnotherUnderOneName() throws IOException {
    // given
    ApiKeys keys = keys(ApiKeys.entry("alice", alices) + "  sessions: 1\n");
    Caller before = keys.authenticate(header("x-api-key", alices));
    before.sessions().take();
    List<Caller> revoked = new ArrayList<>();
    keys.onRevoked(revoked::add);

    // when
    String both =
        "- name: alice\n  sessions: 1\n  sha256:\n    - \"%s\"\n    - \"%s\"\n"
            .formatted(digestOf(alices), digestOf(bobs));
    write(both);
    keys.look();
    keys.look();
    Caller after = keys.authenticate(header("x-api-key", bobs));

    // then
    assertThat(after.name()).isEqualTo("alice");
    assertThat(keys.authenticate(header("x-api-key", alices))).isSameAs(before);
    assertThat(revoked).isEmpty();
    assertThatThrownBy(() -> after.sessions().take()).hasMessageContaining("more than 1");

    // when
    write(ApiKeys.entry("alice", bobs));
    keys.look();
    keys.look();

    // then
    assertThat(revoked).containsExactly(before);
    assertThat(keys.accepts(after)).isTrue();
  }

  @Test
  void aBrokenNewFileChangesNothing() throws IOException {
    ApiKeys keys = keys(ApiKeys.entry("alice", alices));

    write("- name: alice\n");
    keys.look();

    assertThat(keys.look()).isEqualTo(Outcome.REFUSED);
    assertThat(keys.look()).isEqualTo(Outcome.UNCHANGED);
    assertThat(keys.authenticate(header("x-api-key", alices)).name()).isEqualTo("alice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                            | has no list of entries
          '[]'                                          | has 0 entries
          'name: a'                                     | has no list of entries
          '- a'                                         | has something else in entry 1
          '['                                           | is no YAML
          '- {name: a, sha256: D, colour: red}'         | has an unknown field in entry 1
          '- {sha256: D}'                               | has no name in entry 1
          '- {name: "a b", sha256: D}'                  | has no name in entry 1
          '- {name: 7, sha256: D}'                      | has no name in entry 1
          '- {name: a}'                                 | has a sha256 that is none in entry 1 (a)
          '- {name: a, sha256: 12}'                     | has a sha256 that is none in entry 1 (a)
          '- {name: a, sha256: []}'                     | has 0 sha256 in entry 1 (a)
          '- {name: a, sha256: D, sessions: 0}'         | has sessions: 0 in entry 1 (a)
          '- {name: a, sha256: D, streams: -1}'         | has streams: -1 in entry 1 (a)
          '- {name: a, sha256: D, burst: 5}'            | has a burst alone in entry 1 (a)
          '- {name: a, sha256: D, requests-per-second: 1.5}' | has requests-per-second: 1.5 in entry 1
          '- {name: a, sha256: [D, D]}'                 | has the sha256 of entry 1 (a) twice
          """)
  void aFileThatCannotBeUsedEndsTheStart(String content, String told) throws IOException {
    Path file = write(content.replace("D", '"' + DIGEST + '"'));

    assertThatThrownBy(() -> ApiKeys.load(new NamedFile("API_KEYS_FILE", file), clock))
        .isInstanceOf(AccessException.class)
        .hasMessageStartingWith("API_KEYS_FILE: " + file + " " + told)
        .hasMessageContaining("(expected: ")
        .hasMessageNotContaining(DIGEST);
  }

  @Test
  void namesAreUsedOnce() throws IOException {
    Path file = write(ApiKeys.entry("alice", alices) + ApiKeys.entry("alice", bobs));

    assertThatThrownBy(() -> ApiKeys.load(new NamedFile("API_KEYS_FILE", file), clock))
        .hasMessageContaining("has the name alice twice");
  }

  private ApiKeys keys(String content) throws IOException {
    return ApiKeys.load(new NamedFile("API_KEYS_FILE", write(content)), clock);
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("keys.yaml"), content);
  }

  private static String digestOf(String key) {
    return ApiKeys.entry("any", key).replaceAll("(?s).*\"(.*)\".*", "$1");
  }

  private static Metadata header(String name, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return headers;
  }
}
