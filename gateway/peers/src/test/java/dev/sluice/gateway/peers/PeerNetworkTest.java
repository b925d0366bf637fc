package dev.sluice.gateway.peers;

import static dev.sluice.gateway.peers.Neighbourhood.PATIENCE;
import static dev.sluice.gateway.peers.Neighbourhood.TIMES;
import static dev.sluice.gateway.peers.Neighbourhood.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.peers.Neighbourhood.Instance;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion.CompareStands;
import dev.sluice.gateway.upstreams.PeerQuestion.ResolveHeld;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.Stand;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that ask each other, and what networks do to them. */
class PeerNetworkTest {
  private final Ledger ledger;
  private final Neighbourhood neighbourhood;
  private final ClusterKey key = ClusterKey.random();

  PeerNetworkTest(Ledger ledger) {
    this.ledger = ledger;
    this.neighbourhood = new Neighbourhood(ledger);
  }

  @AfterEach
  void close() throws InterruptedException {
    neighbourhood.close();
  }

  @Test
  void everyKindOfQuestionAndAnswerArrivesAsItWas() throws Exception {
    // given
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var asked = new AtomicReference<ResolveHeld>();
    var answer =
        new PeerAnswer.HeldResolved(
            List.of(
                new HeldOutcome.Acknowledged(),
                new HeldOutcome.ComesAgain(new NewHandle("n 0 é", 1_700_000_000_123L), 77),
                new HeldOutcome.Failed(GatewayException.notFound(Subject.HANDLE, "void"))));
    b.answerWith(
        (question, completion) -> {
          asked.set(question);
          completion.done(answer);
        });
    var question =
        new ResolveHeld(
            List.of(
                new HeldResolution.Acknowledge(Long.MIN_VALUE, 17),
                new HeldResolution.ComeAgain(7, Long.MAX_VALUE, Duration.ZERO),
                new HeldResolution.ComeAgain(8, 0, Duration.ofHours(12))));

    // when
    PeerAnswer.HeldResolved given = a.ask(b.self(), question).get(PATIENCE);

    // then
    assertThat(asked.get()).isEqualTo(question);
    assertThat(given.outcomes().subList(0, 2)).isEqualTo(answer.outcomes().subList(0, 2));
    assertThat(given.outcomes().get(2))
        .isInstanceOfSatisfying(
            HeldOutcome.Failed.class,
            failed -> {
              assertThat(failed.failure()).hasMessage("void");
              assertThat(failed.failure().category()).isEqualTo(ErrorCategory.NOT_FOUND);
              assertThat(failed.failure().subject()).isEqualTo(Subject.HANDLE);
            });
  }

  @Test
  void standsOfGroupsArriveAsTheyWere() throws Exception {
    // given
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var tags = new Demand(new Filter(Filter.Type.TAG, "a||é"), false);
    var sql = new Demand(new Filter(Filter.Type.SQL, "colour = 'blue'"), true);
    List<Stand> stands =
        List.of(
            new Stand(new Party(-7, 3), null, tags, true),
            new Stand(new Party(8, Long.MAX_VALUE), sql, tags, false));
    b.standWith(stands);
    var question =
        new CompareStands(
            Long.MIN_VALUE,
            "orders",
            "billing",
            new Stand(new Party(a.self().instance(), 1), tags, sql, true),
            a.self());

    // when
    var outcome = new Outcome<PeerAnswer.StandsCompared>();
    a.network().ask(b.self(), question, outcome);

    // then
    assertThat(outcome.get(PATIENCE).stands()).isEqualTo(stands);
    assertThat(b.heard()).isEqualTo(question);
  }

  @Test
  void theLargestQuestionAndAnswerFit() throws Exception {
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var handle = new HeldOutcome.ComesAgain(new NewHandle("h".repeat(1000), Long.MAX_VALUE), 0);
    b.answerWith(
        (question, completion) ->
            completion.done(
                new PeerAnswer.HeldResolved(
                    question.resolutions().stream().<HeldOutcome>map(each -> handle).toList())));
    var answer = a.ask(b.self(), question(ResolveHeld.MOST)).get(PATIENCE);
    assertThat(answer.outcomes()).hasSize(ResolveHeld.MOST).allMatch(handle::equals);
  }

  @Test
  void oneConnectionCarriesEverythingAndEndsWithTheNetwork() throws Exception {
    // given
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var outcomes = new ArrayList<Outcome<?>>();
    for (int i = 0; i < 50; i++) {
      outcomes.add(a.ask(b.self()));
    }
    outcomes.forEach(outcome -> outcome.get(PATIENCE));
    assertThat(ledger.open(ResourceKinds.PEER_CONNECTION)).isOne();
    assertThat(ledger.open(ResourceKinds.PEER_CALL)).isZero();

    // when
    assertThat(a.network().close(Deadline.after(PATIENCE)).clean()).isTrue();

    // then
    assertThat(ledger.open(ResourceKinds.PEER_CONNECTION)).isZero();
    assertThat(a.ask(b.self()).failure(PATIENCE).category()).isEqualTo(ErrorCategory.UNAVAILABLE);
  }

  @Test
  void questionsUnderWayFailWhenTheNetworkIsClosed() throws Exception {
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var asked = new ConcurrentLinkedQueue<ResolveHeld>();
    b.answerWith((question, completion) -> asked.add(question));
    var outcome = a.ask(b.self());
    await().atMost(PATIENCE).until(() -> !asked.isEmpty());
    assertThat(a.network().close(Deadline.after(PATIENCE)).clean()).isTrue();
    assertThat(outcome.failure(PATIENCE).category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(outcome.calls()).isOne();
  }

  @Test
  void whoeverTookAnInstancesPlaceSaysThatItIsGoneAndIsAskedOn() throws Exception {
    // given
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var former = new Peer(b.self().instance() + 2, b.self().address());

    // then
    var failure = a.ask(former).failure(PATIENCE);
    assertThat(failure).hasMessageContaining("no longer the instance that was meant");
    assertThat(failure.category()).isEqualTo(ErrorCategory.NOT_FOUND);
    a.ask(b.self()).get(PATIENCE);
  }

  @Test
  void whoeverIsFoundAtAnAddressMayBeAsked() throws Exception {
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    a.ask(new Peer(0, b.self().address())).get(PATIENCE);
  }

  @Test
  void oneThatWasInOurOwnPlaceOrWhoseAddressNobodyKnowsIsGone() throws Exception {
    Instance a = neighbourhood.begin(key);
    var former = new Peer(a.self().instance() + 2, a.self().address());
    assertThat(a.ask(former).failure(PATIENCE)).hasMessageContaining("no longer");
    assertThat(a.ask(new Peer(3, "")).failure(PATIENCE)).hasMessageContaining("no longer");
    assertThat(ledger.open(ResourceKinds.PEER_CONNECTION)).isZero();
  }

  @Test
  void whatAPeerFailsWithIsToldAndItIsAskedOn() throws Exception {
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    b.answerWith(
        (question, completion) -> completion.failed(GatewayException.overloaded("too much")));
    var failure = a.ask(b.self()).failure(PATIENCE);
    assertThat(failure).hasMessage("too much");
    assertThat(failure.category()).isEqualTo(ErrorCategory.OVERLOADED);
    b.answerWith(Neighbourhood::acknowledge);
    a.ask(b.self()).get(PATIENCE);
  }

  @Test
  void aKilledPeerIsFoundOutAtOnceAndAskedAgainWhenItIsBack() throws Exception {
    // given
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    FaultyNetwork between = FaultyNetwork.start(ledger, b.address());
    var there = new Peer(b.self().instance(), "127.0.0.1:" + between.port());
    a.ask(there).get(PATIENCE);

    // when
    between.refuse();
    between.cut();

    // then
    await()
        .atMost(PATIENCE)
        .until(() -> a.ask(there).failure(PATIENCE).getMessage().contains("just now"));
    between.pass();
    await().atMost(PATIENCE).untilAsserted(() -> a.ask(there).get(PATIENCE));
    assertThat(a.metrics().value(Counter.PEER_FAILURES)).isPositive();
    between.close();
  }

  @Test
  void oneOutOfReachIsNotDialledForEachQuestion() throws Exception {
    // given an address where every connection ends at once
    var slow =
        new PeerTimes(
            TIMES.answer(),
            TIMES.connect(),
            TIMES.idle(),
            Duration.ofHours(1),
            Duration.ofHours(1));
    Instance a = neighbourhood.begin(key, slow, Clock.system());
    Instance b = neighbourhood.begin(key);
    FaultyNetwork between = FaultyNetwork.start(ledger, b.address());
    between.refuse();
    var there = new Peer(b.self().instance(), "127.0.0.1:" + between.port());

    // when many ask at once, and many more afterwards
    var outcomes = new ArrayList<Outcome<PeerAnswer.HeldResolved>>();
    for (int i = 0; i < 100; i++) {
      outcomes.add(a.ask(there));
    }
    outcomes.forEach(
        outcome ->
            assertThat(outcome.failure(PATIENCE).category()).isEqualTo(ErrorCategory.UNAVAILABLE));
    for (int i = 0; i < 100; i++) {
      assertThat(a.ask(there).failure(PATIENCE)).hasMessageContaining("out of reach just now");
    }

    // then
    assertThat(between.accepted()).isOne();
    await().atMost(PATIENCE).until(() -> ledger.open(ResourceKinds.PEER_CONNECTION) == 0);
    between.close();
  }

  @Test
  void aPeerThatStallsWithoutAnEndIsGivenUpInTime() throws Exception {
    // given
    var quick =
        new PeerTimes(
            Duration.ofSeconds(1),
            TIMES.connect(),
            TIMES.idle(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    Instance a = neighbourhood.begin(key, quick, Clock.system());
    Instance b = neighbourhood.begin(key);
    FaultyNetwork between = FaultyNetwork.start(ledger, b.address());
    var there = new Peer(b.self().instance(), "127.0.0.1:" + between.port());
    await().atMost(PATIENCE).untilAsserted(() -> a.ask(there).get(PATIENCE));

    // when
    between.stall();
    var silent = a.ask(there);

    // then it takes the time that is allowed, and those after it none
    assertThat(silent.failure(PATIENCE)).hasMessageContaining("DEADLINE_EXCEEDED");
    assertThat(a.ask(there).failure(PATIENCE)).hasMessageContaining("just now");

    // and a new connection is made once it may be tried again
    between.pass();
    await().atMost(PATIENCE).untilAsserted(() -> a.ask(there).get(PATIENCE));
    assertThat(between.accepted()).isGreaterThan(1);
    between.close();
  }

  @Test
  void afterARestOneQuestionTriesForAll() throws Exception {
    // given one that has just failed, and whose rest is over at once
    var restless =
        new PeerTimes(TIMES.answer(), TIMES.connect(), TIMES.idle(), Duration.ZERO, Duration.ZERO);
    Instance a = neighbourhood.begin(key, restless, Clock.system());
    Instance b = neighbourhood.begin(key);
    FaultyNetwork between = FaultyNetwork.start(ledger, b.address());
    var there = new Peer(b.self().instance(), "127.0.0.1:" + between.port());
    between.refuse();
    assertThat(a.ask(there).failure(PATIENCE)).hasMessageContaining("out of reach");
    between.pass();
    var asked = new ConcurrentLinkedQueue<Completion<PeerAnswer.HeldResolved>>();
    b.answerWith((question, completion) -> asked.add(completion));

    // when
    var first = a.ask(there);
    await().atMost(PATIENCE).until(() -> asked.size() == 1);
    var others = List.of(a.ask(there), a.ask(there));

    // then
    others.forEach(other -> assertThat(other.failure(PATIENCE)).hasMessageContaining("just now"));
    Neighbourhood.acknowledge(question(1), asked.remove());
    first.get(PATIENCE);
    b.answerWith(Neighbourhood::acknowledge);
    a.ask(there).get(PATIENCE);
    between.close();
  }

  @Test
  void aConnectionThatNobodyUsesIsClosed() throws Exception {
    // given
    var brief =
        new PeerTimes(
            TIMES.answer(),
            TIMES.connect(),
            Duration.ofSeconds(3),
            TIMES.firstRest(),
            TIMES.longestRest());
    Instance a = neighbourhood.begin(key, brief, Clock.system());
    Instance b = neighbourhood.begin(key);
    a.ask(b.self()).get(PATIENCE);
    assertThat(ledger.open(ResourceKinds.PEER_CONNECTION)).isOne();

    // then
    await().atMost(PATIENCE).until(() -> ledger.open(ResourceKinds.PEER_CONNECTION) == 0);
    a.ask(b.self()).get(PATIENCE);
  }

  @Test
  void addressesAreBoundedAndTheLongestUnusedMakesRoom() throws Exception {
    // given one more than are known at once, nobody at any of them but at the last
    Instance a = neighbourhood.begin(key);
    Instance b = neighbourhood.begin(key);
    var outcomes = new ArrayList<Outcome<PeerAnswer.HeldResolved>>();
    for (int i = 0; i < PeerNetwork.MOST_ADDRESSES; i++) {
      outcomes.add(a.ask(new Peer(7, "127.0.0.1:" + (i + 1))));
    }

    // then
    outcomes.forEach(outcome -> outcome.failure(PATIENCE));
    a.ask(b.self()).get(PATIENCE);
    await().atMost(PATIENCE).until(() -> ledger.open(ResourceKinds.PEER_CONNECTION) == 1);
  }

  @Test
  void moreQuestionsAtOnceThanAPeerIsAskedAreRefused() throws Exception {
    // given
    var patient =
        new PeerTimes(
            Duration.ofMinutes(1),
            TIMES.connect(),
            TIMES.idle(),
            TIMES.firstRest(),
            TIMES.longestRest());
    Instance a = neighbourhood.begin(key, patient, Clock.system());
    Instance b = neighbourhood.begin(key);
    var asked = new ConcurrentLinkedQueue<Completion<PeerAnswer.HeldResolved>>();
    b.answerWith((question, completion) -> asked.add(completion));
    var outcomes = new ArrayList<Outcome<PeerAnswer.HeldResolved>>();
    for (int i = 0; i < PeerLink.MOST_AT_ONCE; i++) {
      outcomes.add(a.ask(b.self()));
    }

    // when
    var refused = a.ask(b.self()).failure(PATIENCE);

    // then
    assertThat(refused.category()).isEqualTo(ErrorCategory.OVERLOADED);
    await().atMost(PATIENCE).until(() -> asked.size() == PeerLink.MOST_AT_ONCE);
    asked.forEach(completion -> Neighbourhood.acknowledge(question(1), completion));
    outcomes.forEach(outcome -> outcome.get(PATIENCE));
  }
}
