package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be in the file of users, and how it is told what may not. */
class UsersFileTest {
  private static final String SECRET = "a-secret-of-alice";

  @TempDir private Path folder;

  @Test
  void aUserHasWhatTheFileSays() throws IOException {
    UserEntry orders =
        read("""
        - access-key: orders
          secret-key: 12345678
          permissions:
            - resource: [Topic:orders, "Group:orders-*"]
              actions: [pub, SUB]
            - resource: Topic:audit
              actions: ALL
              decision: Deny
          requests-per-second: 10
          streams: 7
        - access-key: admin
          secret-key: [a-secret-of-alice, another-secret]
          type: super
        - access-key: passed-on
          secret-key: a-secret-of-alice
          sign-as: User
        """)
            .getFirst();

    assertThat(orders.accessKey()).isEqualTo("orders");
    assertThat(orders.secrets()).containsExactly("12345678");
    assertThat(orders.ownCredentials()).isFalse();
    assertThat(orders.limits().rate()).hasValue(new RateLimit.Rate(10, 10));
    assertThat(orders.limits().streams()).isEqualTo(7);
    assertThat(orders.rights().allow(Action.SUB, Resource.GROUP, "orders-1")).isTrue();
    assertThat(orders.rights().allow(Action.PUB, Resource.TOPIC, "orders-1")).isFalse();
    List<UserEntry> all = read(Files.readString(folder.resolve("users.yaml")));
    assertThat(all.get(1).secrets()).containsExactly(SECRET, "another-secret");
    assertThat(all.get(1).rights()).isSameAs(Permissions.ALL);
    assertThat(all.get(2).rights()).as("the broker judges").isSameAs(Permissions.ALL);
    assertThat(all.get(2).ownCredentials()).isTrue();
    assertThat(all.toString()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                      | ' is empty (expected: a YAML list of users'
          'access-key: a'         | ', line 1 is no list (expected: a YAML list'
          '[]'                    | ', line 1 has 0 entries (expected: 1 to 10000'
          '- a'                   | ', line 1 is no map'
          '- {K~  x: ['           | ' is no YAML, line '
          '- {S, type: SUPER}'    | ', line 1 has no access-key (expected: 1 to 64 of'
          '- {K, type: SUPER}'    | ', line 1 has no secret-key (expected: 7 to 256'
          '- {K, S}'              | ', line 1 has a user without permissions (expected: a list of rules, type: SUPER, or sign-as: user'
          '- {K, S, colour: red}' | ', line 1 has an unknown field (expected: access-key, burst'
          '- {K, S, type: SUPER, type: NORMAL}' | ', line 1: type is there twice'
          '- {K, S, type: boss}'  | ', line 1: type is boss (expected: NORMAL or SUPER)'
          '- {K, S, type: }'      | ', line 1: type is empty (expected: NORMAL or SUPER)'
          '- {K, S, sign-as: me}' | ', line 1: sign-as is me (expected: gateway or user)'
          '- {access-key: a b, S}' | ', line 1: access-key is none (expected: 1 to 64 of'
          '- {access-key: a/b, S}' | ', line 1: access-key is none'
          '- {access-key: [a], S}' | ', line 1: access-key is no text'
          '- {K, secret-key: sixsix}'   | ', line 1: secret-key has 6 characters'
          '- {K, secret-key: "a secret with spaces"}' | ', line 1: secret-key has 20 characters, or others'
          '- {K, secret-key: [SS, SS]}' | ', line 1: secret-key is there twice'
          '- {K, secret-key: [SS, SS2, SS3]}' | ', line 1: secret-key has 3 entries (expected: 1 to 2'
          '- {K, S, type: SUPER, permissions: []}' | ', line 1: permissions are beside type: SUPER'
          '- {K, S, permissions: []}'   | ', line 1: permissions has 0 entries'
          '- {K, S, permissions: PUB}'  | ', line 1: permissions is no list'
          '- {K, S,~   permissions: [{actions: PUB}]}' | ', line 2: permissions has no resource (expected: Topic:<name>'
          '- {K, S,~   permissions: [{resource: Topic:t}]}' | ', line 2: permissions has no actions (expected: PUB, SUB or ALL)'
          '- {K, S, permissions: [{resource: Topic:t,~    actions: [PUB, CREATE]}]}' | ', line 2: actions is CREATE (expected: PUB, SUB or ALL)'
          '- {K, S, permissions: [{resource: t, actions: PUB}]}' | ', line 1: resource is t (expected: Topic:<name>'
          '- {K, S, permissions: [{resource: Queue:t, actions: PUB}]}' | ', line 1: resource is Queue:t'
          '- {K, S, permissions: [{resource: "Topic:", actions: PUB}]}' | ', line 1: resource is Topic:'
          '- {K, S, permissions: [{resource: "Topic:a*b", actions: PUB}]}' | ', line 1: resource is Topic:a*b'
          '- {K, S, permissions: [{resource: Topic:t, actions: PUB, decision: maybe}]}' | ', line 1: decision is maybe (expected: ALLOW or DENY)'
          '- {K, S, type: SUPER, burst: 5}' | ', line 1: burst is there alone (expected: requests-per-second'
          '- {K, S, type: SUPER, streams: 0}' | ', line 1: streams is 0 (expected: a whole number of 1 to'
          '- {K, S, type: SUPER, streams: 1.5}' | ', line 1: streams is 1.5'
          '- {K, S, type: SUPER}~- {K, S, type: SUPER}' | ', line 2: access-key is alice, which is there already'
          """)
  void whatIsWrongIsToldWithItsLineAndWithoutSecrets(String content, String told)
      throws IOException {
    String text =
        content
            .replace('~', '\n')
            .replace("K,", "access-key: alice,")
            .replace("K\n", "access-key: alice,\n")
            .replaceAll("\\bSS(\\d?)\\b", SECRET + "$1")
            .replaceAll("\\bS([,}])", "secret-key: " + SECRET + "$1");

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(AccessException.class)
        .hasMessageStartingWith("USERS_FILE: " + folder.resolve("users.yaml") + told)
        .hasMessageContaining("(expected: ")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void aSecretIs7To256VisibleCharacters() throws IOException {
    for (String fine : List.of("7-chars", "s".repeat(256), "with/=+!'characters")) {
      assertThat(read("- {access-key: a, type: SUPER, secret-key: \"" + fine + "\"}")).hasSize(1);
    }
    assertThatThrownBy(
            () -> read("- {access-key: a, type: SUPER, secret-key: " + "s".repeat(257) + "}"))
        .hasMessageContaining("secret-key has 257 characters, or others (expected: 7 to 256");
  }

  private List<UserEntry> read(String content) throws IOException {
    NamedFile file =
        new NamedFile("USERS_FILE", Files.writeString(folder.resolve("users.yaml"), content));
    return UsersFile.read(file, FileContents.read(List.of(file)));
  }
}
