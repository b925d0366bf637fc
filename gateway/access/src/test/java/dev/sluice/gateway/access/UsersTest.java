package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.gateway.access.Reloadable.Outcome;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import dev.sluice.testkit.FakeClock;
import io.grpc.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in by a signature, and for how long. */
class UsersTest {
  private static final String ALICES = "alices-secret";
  private static final String BOBS = "bobs-secret";
  private static final String NEXT = "alices-next-secret";

  private final FakeClock clock = FakeClock.create();
  private final String now = date(Duration.ZERO);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Java, Node.js, C#; Python; C++; Go; and with all that may differ.
        "MQv2-HMAC-SHA1 Credential=alice, SignedHeaders=x-mq-date-time, Signature=UPPER",
        "MQv2-HMAC-SHA1 Credential=alice, SignedHeaders=x-mq-date-time, Signature=LOWER",
        "MQv2-HMAC-SHA1 Credential=alice/cn-hangzhou/RocketMQ, SignedHeaders=x-mq-date-time,"
            + " Signature=LOWER",
        "MQv2-HMAC-SHA1 Credential=alice//Rocketmq, SignedHeaders=x-mq-date-time, Signature=LOWER",
        "mqv2-hmac-sha1 Signature=UPPER,Credential=alice"
      })
  void signaturesOfEveryOfficialClientAreTaken(String authorization) throws IOException {
    Users users = users(user("alice", ALICES));
    byte[] signature = SignedHeaders.hmac(ALICES, now);
    String header =
        authorization
            .replace("UPPER", HexFormat.of().withUpperCase().formatHex(signature))
            .replace("LOWER", HexFormat.of().formatHex(signature));

    Caller alice = users.authenticate(SignedHeaders.with(header, now));

    assertThat(alice.name()).isEqualTo("User:alice");
    assertThat(alice).isSameAs(users.authenticate(SignedHeaders.by("alice", ALICES, now)));
    assertThat(alice.toString()).doesNotContain(ALICES);
  }

  @ParameterizedTest
  @CsvSource({
    "alice, bobs-secret", // another's secret
    "alice, alices-secres", // nearly the right one
    "bob, alices-secret", // a known secret of another
    "carol, alices-secret", // nobody
    "carol, '" + "nobody's secret, which signs nothing'", // nor by what stands for nobody's
    "Alice, alices-secret"
  })
  void whoeverIsNotLetInLearnsNothingElse(String accessKey, String secret) throws IOException {
    Users users = users(user("alice", ALICES) + user("bob", BOBS));
    Throwable wrong =
        catchThrowable(() -> users.authenticate(SignedHeaders.by("alice", "wrong", now)));

    assertThatThrownBy(() -> users.authenticate(SignedHeaders.by(accessKey, secret, now)))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED))
        .hasMessage(wrong.getMessage())
        .hasMessageNotContainingAny(accessKey, secret);
  }

  @Test
  void aSignatureOfAnotherDateIsNone() throws IOException {
    Users users = users(user("alice", ALICES));
    Metadata headers = SignedHeaders.by("alice", ALICES, date(Duration.ofSeconds(1)));
    headers.removeAll(Signatures.DATE);
    headers.put(Signatures.DATE, now);

    assertThatThrownBy(() -> users.authenticate(headers))
        .hasMessageStartingWith("authorization: the signature is not one of a user here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MQv2-HMAC-SHA1 Credential=alice, SignedHeaders=x-mq-date-time",
        "MQv2-HMAC-SHA1 Credential=alice, SignedHeaders=x-mq-date-time, Signature=",
        "MQv2-HMAC-SHA1 Credential=alice, Signature=0123456789012345678901234567890123456789a",
        "MQv2-HMAC-SHA1 Credential=alice, Signature=012345678901234567890123456789012345678",
        "MQv2-HMAC-SHA1 Credential=alice, Signature=g123456789012345678901234567890123456789",
        "MQv2-HMAC-SHA1 Credential=, Signature=0123456789012345678901234567890123456789",
        "MQv2-HMAC-SHA1 Credential=/alice, Signature=0123456789012345678901234567890123456789",
        "MQv2-HMAC-SHA1 Signature=0123456789012345678901234567890123456789",
        "MQv2-HMAC-SHA256 Credential=alice, Signature=0123456789012345678901234567890123456789",
        "MQv2-HMAC-SHA1",
        "Bearer alices-secret",
        "alices-secret"
      })
  void whatIsNotSignedIsToldHowItShouldBe(String authorization) throws IOException {
    Users users = users(user("alice", ALICES));

    assertThatThrownBy(() -> users.authenticate(SignedHeaders.with(authorization, now)))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED))
        .hasMessageStartingWith("authorization: not signed as it should be (expected: ")
        .hasMessageNotContainingAny("alice", "0123456789");
  }

  @Test
  void missingHeadersAreTold() throws IOException {
    Users users = users(user("alice", ALICES));
    Metadata undated = SignedHeaders.by("alice", ALICES, now);
    undated.removeAll(Signatures.DATE);

    assertThatThrownBy(() -> users.authenticate(new Metadata()))
        .hasMessageStartingWith("authorization: missing (expected: 'authorization: MQv2-HMAC-SHA1");
    assertThatThrownBy(() -> users.authenticate(undated))
        .hasMessageStartingWith("x-mq-date-time: missing");
  }

  @Test
  void datesAreTakenFromEveryZoneOfTheWorldAndNotBeyond() throws IOException {
    Users users = users(user("alice", ALICES));

    for (Duration fine :
        List.of(
            Duration.ofHours(14), // in Kiribati, written as if it were UTC
            Duration.ofHours(-12),
            Duration.ofHours(15),
            Duration.ofHours(-15))) {
      Metadata headers = SignedHeaders.by("alice", ALICES, date(fine));
      assertThat(users.authenticate(headers).name()).isEqualTo("User:alice");
    }
    for (Duration off : List.of(Duration.ofHours(15), Duration.ofHours(-15))) {
      String date = date(off.plusSeconds(off.isNegative() ? -1 : 1));
      assertThatThrownBy(() -> users.authenticate(SignedHeaders.by("alice", ALICES, date)))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED))
          .hasMessage(
              "x-mq-date-time: %s is too far from %s, which it is here (expected: at most 15h off,"
                      .formatted(date, now)
                  + " as SIGNATURE_MAX_SKEW has it)");
    }
  }

  @Test
  void aSignatureCannotBeRepeatedForEver() throws IOException {
    Users users = users(user("alice", ALICES));
    Metadata seen = SignedHeaders.by("alice", ALICES, now);
    clock.advance(Duration.ofHours(15));
    assertThat(users.authenticate(seen).name()).isEqualTo("User:alice");

    clock.advance(Duration.ofSeconds(1));

    assertThatThrownBy(() -> users.authenticate(seen)).hasMessageStartingWith("x-mq-date-time");
  }

  @Test
  void anOldDateIsToldAboutBeforeAnyUserIsLookedFor() throws IOException {
    Users users = users(user("alice", ALICES));
    String old = date(Duration.ofHours(-16));
    Throwable known = catchThrowable(() -> users.authenticate(SignedHeaders.by("alice", "x", old)));

    assertThatThrownBy(() -> users.authenticate(SignedHeaders.by("nobody", "x", old)))
        .hasMessage(known.getMessage())
        .hasMessageStartingWith("x-mq-date-time: ");
  }

  @Test
  void theDateOfTheClientForRustIsReadWithItsOffset() throws IOException {
    Users users = users(user("alice", ALICES), Duration.ofMinutes(1));
    Instant time = Instant.ofEpochMilli(clock.currentTimeMillis());
    String inIndia = time.atOffset(java.time.ZoneOffset.ofHoursMinutes(5, 30)).toString();
    String old = time.minusSeconds(61).toString();

    assertThat(users.authenticate(SignedHeaders.by("alice", ALICES, inIndia)).name())
        .isEqualTo("User:alice");
    assertThatThrownBy(() -> users.authenticate(SignedHeaders.by("alice", ALICES, old)))
        .hasMessageContaining("at most 1m off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "20261332T000000Z", "Fri, 27 Nov 2026 02:00:00 GMT"})
  void aDateThatIsWrittenInAnotherWayIsTextThatIsSigned(String date) throws IOException {
    Users users = users(user("alice", ALICES));

    assertThat(users.authenticate(SignedHeaders.by("alice", ALICES, date)).name())
        .isEqualTo("User:alice");
    assertThatThrownBy(() -> users.authenticate(SignedHeaders.by("alice", BOBS, date)))
        .hasMessageContaining("is not one of a user here");
  }

  @Test
  void whereSkewIsNotLookedAtAnyDateIsFine() throws IOException {
    Users users = users(user("alice", ALICES), Duration.ZERO);

    assertThat(users.authenticate(SignedHeaders.by("alice", ALICES, date(Duration.ofDays(-9999)))))
        .isNotNull();
  }

  @Test
  void aChangedFileIsInUseAndWhoIsGoneIsTold() throws IOException {
    // given
    Users users = users(user("alice", ALICES) + user("bob", BOBS));
    List<Caller> revoked = new ArrayList<>();
    users.onRevoked(revoked::add);
    Caller alice = alice(users, ALICES);
    Caller bob = users.authenticate(SignedHeaders.by("bob", BOBS, now));
    bob.streams().take();

    // when
    write(
        """
        - access-key: bob
          secret-key: bobs-secret
          streams: 1
          permissions:
            - {resource: Topic:t, actions: PUB}
        """);
    users.look();
    Outcome outcome = users.look();

    // then
    assertThat(outcome).isEqualTo(Outcome.RELOADED);
    assertThat(revoked).containsExactly(alice);
    assertThat(users.accepts(alice)).isFalse();
    assertThat(users.accepts(bob)).isTrue();
    assertThat(users.authenticate(SignedHeaders.by("bob", BOBS, now))).isSameAs(bob);
    assertThat(bob.rights().allow(Action.PUB, Resource.TOPIC, "t")).isTrue();
    assertThat(bob.rights().allow(Action.PUB, Resource.TOPIC, "u")).isFalse();
    assertThatThrownBy(() -> alice(users, ALICES)).hasMessageContaining("is not one of a user");
    assertThatThrownBy(() -> bob.streams().take())
        .as("what was open counts")
        .hasMessageStartingWith("streams of user bob: more than 1");
  }

  @Test
  void oneSecretFollowsAnotherOfWhichTheFirstSignsToTheBroker() throws IOException {
    // given
    Users users = users("- {access-key: alice, secret-key: alices-secret, sign-as: user}");
    Caller before = alice(users, ALICES);
    assertThat(before.credentials()).hasValue(new Credentials("alice", ALICES));
    List<Caller> revoked = new ArrayList<>();
    users.onRevoked(revoked::add);

    // when
    write("- {access-key: alice, secret-key: [alices-next-secret, alices-secret], sign-as: user}");
    users.look();
    users.look();

    // then
    Caller after = alice(users, NEXT);
    assertThat(alice(users, ALICES)).isSameAs(before).isNotSameAs(after);
    assertThat(before.credentials()).hasValue(new Credentials("alice", NEXT));
    assertThat(revoked).isEmpty();

    // when
    write("- {access-key: alice, secret-key: alices-next-secret, type: SUPER}");
    users.look();
    users.look();

    // then
    assertThat(revoked).containsExactly(before);
    assertThat(users.accepts(after)).isTrue();
    assertThat(after.credentials()).isEmpty();
  }

  @Test
  void aBrokenNewFileChangesNothing() throws IOException {
    Users users = users(user("alice", ALICES));

    write("- access-key: alice\n");
    users.look();

    assertThat(users.look()).isEqualTo(Outcome.REFUSED);
    assertThat(users.look()).isEqualTo(Outcome.UNCHANGED);
    assertThat(alice(users, ALICES).name()).isEqualTo("User:alice");
  }

  @Test
  void aFileThatEveryoneMayReadIsNotUsedUntilItIsClosed() throws IOException {
    // given
    Users users = users(user("alice", ALICES));
    Path file = write(user("alice", NEXT));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    // when
    users.look();

    // then
    assertThat(users.look()).isEqualTo(Outcome.REFUSED);
    assertThatThrownBy(() -> load(file))
        .hasMessage(
            "USERS_FILE: "
                + file
                + " may be read by everyone, with the permissions rw-r--r-- (expected: rw------- or"
                + " rw-r-----, since it holds secrets)");

    // when
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    users.look();

    // then
    assertThat(users.look()).isEqualTo(Outcome.RELOADED);
    assertThat(alice(users, NEXT).name()).isEqualTo("User:alice");
  }

  @Test
  void limitsAreThoseOfTheUser() throws IOException {
    Users users =
        users(
            "- {access-key: alice, secret-key: alices-secret, type: SUPER,"
                + " requests-per-second: 2, burst: 3}");
    Caller alice = alice(users, ALICES);

    alice.charge(3);

    assertThatThrownBy(() -> alice.charge(1))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.OVERLOADED))
        .hasMessageStartingWith("requests of user alice: more than 2 per second");
  }

  private Caller alice(Users users, String secret) {
    return users.authenticate(SignedHeaders.by("alice", secret, now));
  }

  private String date(Duration off) {
    return SignedDate.text(Instant.ofEpochMilli(clock.currentTimeMillis()).plus(off));
  }

  private static String user(String accessKey, String secret) {
    return "- {access-key: %s, secret-key: %s, type: SUPER}\n".formatted(accessKey, secret);
  }

  private Users users(String content) throws IOException {
    return users(content, Duration.ofHours(15));
  }

  private Users users(String content, Duration maxSkew) throws IOException {
    return Users.load(new NamedFile("USERS_FILE", write(content), true), maxSkew, clock);
  }

  private Users load(Path file) {
    return Users.load(new NamedFile("USERS_FILE", file, true), Duration.ofHours(15), clock);
  }

  private Path write(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("users.yaml"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
