package dev.sluice.gateway.peers;

import static dev.sluice.gateway.peers.Neighbourhood.PATIENCE;
import static dev.sluice.gateway.peers.Neighbourhood.TIMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.peers.Neighbourhood.Instance;
import dev.sluice.gateway.proto.peers.Acknowledged;
import dev.sluice.gateway.proto.peers.Answer;
import dev.sluice.gateway.proto.peers.HeldResolved;
import dev.sluice.gateway.proto.peers.NotMine;
import dev.sluice.gateway.proto.peers.PeersGrpc;
import dev.sluice.gateway.proto.peers.Request;
import dev.sluice.gateway.proto.peers.Resolution;
import dev.sluice.gateway.proto.peers.ResolveHeld;
import dev.sluice.gateway.proto.peers.Resolved;
import dev.sluice.gateway.proto.peers.SealedAnswer;
import dev.sluice.gateway.proto.peers.SealedRequest;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Strangers, replays and liars between instances. */
class PeerTrustTest {
  private static final String KEY_1 = "11".repeat(32);
  private static final String KEY_2 = "22".repeat(32);

  private final Neighbourhood neighbourhood;
  private final ClusterKey key = ClusterKey.random();
  private final Envelopes envelopes = new Envelopes(Sealer.with(key));
  private final Map<Instance, ManagedChannel> channels = new HashMap<>();

  PeerTrustTest(Ledger ledger) {
    this.neighbourhood = new Neighbourhood(ledger);
  }

  @AfterEach
  void close() throws InterruptedException {
    for (ManagedChannel channel : channels.values()) {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    neighbourhood.close();
  }

  private Request.Builder request(Instance target) {
    return Request.newBuilder()
        .setTarget(target.self().instance())
        .setAsker(99)
        .setSequence(1)
        .setAskedAt(System.currentTimeMillis())
        .setResolveHeld(
            ResolveHeld.newBuilder().addResolutions(Resolution.newBuilder().setHold(1)));
  }

  private SealedAnswer send(Instance target, ByteString content) {
    ManagedChannel channel =
        channels.computeIfAbsent(
            target,
            other -> NettyChannelBuilder.forAddress(other.address()).usePlaintext().build());
    return PeersGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .ask(SealedRequest.newBuilder().setContent(content).build());
  }

  private Status.Code refusal(Instance target, ByteString content) {
    var thrown = new Status[1];
    assertThatThrownBy(() -> send(target, content))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, failure -> thrown[0] = failure.getStatus());
    return thrown[0].getCode();
  }

  @Test
  void aRequestIsTakenOnceAndOnlyWhileItIsYoung() throws Exception {
    // given
    Instance b = neighbourhood.begin(key);
    var answered = new AtomicInteger();
    b.answerWith(
        (question, completion) -> {
          answered.incrementAndGet();
          Neighbourhood.acknowledge(question, completion);
        });
    ByteString sealed = envelopes.seal(request(b).build());

    // then
    Answer answer = envelopes.answer(send(b, sealed).getContent()).orElseThrow();
    assertThat(answer.getAsker()).isEqualTo(99);
    assertThat(answer.getSequence()).isEqualTo(1);
    assertThat(answer.getAnswerer()).isEqualTo(b.self().instance());
    assertThat(answer.getHeldResolved().getResolved(0).hasAcknowledged()).isTrue();
    assertThat(refusal(b, sealed)).as("again").isEqualTo(Status.Code.ALREADY_EXISTS);
    long now = System.currentTimeMillis();
    for (long at : new long[] {0, now - 40_000, now + 40_000, Long.MIN_VALUE, Long.MAX_VALUE}) {
      var old = request(b).setSequence(2).setAskedAt(at).build();
      assertThat(refusal(b, envelopes.seal(old)))
          .as("asked at " + at)
          .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
    assertThat(answered.get()).isOne();
    assertThat(b.metrics().value(Counter.PEER_REQUESTS_REFUSED)).isEqualTo(6);
  }

  @Test
  void strangersGetNothing() throws Exception {
    // given
    Instance b = neighbourhood.begin(key);
    b.answerWith((question, completion) -> assertThat(question).as("asked").isNull());
    ByteString sealed = envelopes.seal(request(b).build());
    byte[] altered = sealed.toByteArray();
    altered[altered.length - 1] ^= 1;
    var others = new Envelopes(Sealer.with(ClusterKey.random()));

    // then
    for (ByteString content :
        List.of(
            ByteString.EMPTY,
            ByteString.copyFromUtf8("nonsense"),
            request(b).build().toByteString(),
            ByteString.copyFrom(altered),
            sealed.substring(1),
            others.seal(request(b).build()),
            // What was sealed for another purpose.
            envelopes.seal(Answer.newBuilder().setAsker(99).setSequence(1).build()),
            ByteString.copyFrom(new byte[Envelopes.MAX_REQUEST]))) {
      assertThat(refusal(b, content)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    assertThat(refusal(b, ByteString.copyFrom(new byte[Envelopes.MAX_REQUEST + 1])))
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(b.metrics().value(Counter.PEER_REQUESTS_REFUSED)).isEqualTo(9);
  }

  @Test
  void aRequestForAnotherInstanceIsNotServed() throws Exception {
    Instance b = neighbourhood.begin(key);
    b.answerWith((question, completion) -> assertThat(question).as("asked").isNull());
    var meant = request(b).setTarget(12345).build();
    Answer answer = envelopes.answer(send(b, envelopes.seal(meant)).getContent()).orElseThrow();
    assertThat(answer.hasNotMine()).isTrue();
  }

  @Test
  void questionsThatAreNotKnownOrNoneAreAnsweredSo() throws Exception {
    Instance b = neighbourhood.begin(key);
    var none = request(b).clearQuestion().build();
    assertThat(answer(b, none).hasNotUnderstood()).isTrue();
    var empty = request(b).setSequence(2).setResolveHeld(ResolveHeld.newBuilder()).build();
    assertThat(answer(b, empty).getFailed().getMessage()).contains("resolutions: 0 (expected: 1");
    var many = request(b).setSequence(3);
    for (int i = 0; i < 256; i++) {
      many.getResolveHeldBuilder().addResolutions(Resolution.newBuilder().setHold(i));
    }
    assertThat(answer(b, many.build()).getFailed().getMessage())
        .contains("resolutions: 257 (expected: 1 to 256)");
    var negative = request(b).setSequence(4);
    negative.getResolveHeldBuilder().getResolutionsBuilder(0).setInvisibleMs(-1);
    assertThat(answer(b, negative.build()).getFailed().getMessage()).contains("invisible: -1ms");
  }

  @Test
  void whateverAnInstanceWithTheKeyAsksIsAnswered(Seeds seeds) throws Exception {
    // given requests with bytes changed, some of which are no protobuf any more
    Instance b = neighbourhood.begin(key);
    Sealer sealer = Sealer.with(key);
    int answered = 0;
    for (int i = 1; i <= 500; i++) {
      byte[] content = request(b).setSequence(i).build().toByteArray();
      for (int changes = seeds.between(0, 4); changes > 0; changes--) {
        content[seeds.between(0, content.length - 1)] = (byte) seeds.between(0, 255);
      }
      byte[] sealed = sealer.sealBytes(Sealer.Purpose.PEER_REQUEST, content);

      // then
      try {
        assertThat(envelopes.answer(send(b, ByteString.copyFrom(sealed)).getContent())).isPresent();
        answered++;
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode())
            .isIn(
                Status.Code.UNAUTHENTICATED,
                Status.Code.FAILED_PRECONDITION,
                Status.Code.ALREADY_EXISTS);
      }
    }
    assertThat(answered).isBetween(50, 450);
  }

  private Answer answer(Instance target, Request request) {
    return envelopes.answer(send(target, envelopes.seal(request)).getContent()).orElseThrow();
  }

  /** A server that answers what it likes. */
  private Peer liar(Function<ByteString, ByteString> lie) throws Exception {
    Server server =
        neighbourhood.serve(
            new PeersGrpc.PeersImplBase() {
              @Override
              public void ask(SealedRequest request, StreamObserver<SealedAnswer> observer) {
                observer.onNext(
                    SealedAnswer.newBuilder().setContent(lie.apply(request.getContent())).build());
                observer.onCompleted();
              }
            });
    return new Peer(4711, "127.0.0.1:" + server.getPort());
  }

  private static Answer.Builder acknowledged() {
    return Answer.newBuilder()
        .setHeldResolved(
            HeldResolved.newBuilder()
                .addResolved(
                    Resolved.newBuilder().setAcknowledged(Acknowledged.getDefaultInstance())));
  }

  private Answer.Builder to(ByteString sealed, Answer.Builder answer) {
    Request request = envelopes.request(sealed).orElseThrow();
    return answer.setAsker(request.getAsker()).setSequence(request.getSequence()).setAnswerer(4711);
  }

  @Test
  void answersThatDoNotProveThemselvesAreNotBelieved() throws Exception {
    Instance a = neighbourhood.begin(key);
    var others = new Envelopes(Sealer.with(ClusterKey.random()));
    List<Function<ByteString, ByteString>> lies =
        List.of(
            asked -> ByteString.EMPTY,
            asked -> ByteString.copyFromUtf8("yes"),
            // The question for its own answer.
            asked -> asked,
            asked -> to(asked, acknowledged()).build().toByteString(),
            asked -> others.seal(to(asked, acknowledged()).build()),
            // Genuine answers to something else.
            asked -> envelopes.seal(to(asked, acknowledged()).setSequence(77).build()),
            asked -> envelopes.seal(to(asked, acknowledged()).setAsker(77).build()),
            asked -> envelopes.seal(to(asked, acknowledged()).setAnswerer(77).build()),
            asked ->
                envelopes.seal(
                    Answer.newBuilder()
                        .setAnswerer(77)
                        .setNotMine(NotMine.getDefaultInstance())
                        .build()),
            asked -> ByteString.copyFrom(new byte[Envelopes.MAX_ANSWER + 1]),
            asked -> ByteString.copyFrom(new byte[2 * Envelopes.MAX_ANSWER]));
    for (Function<ByteString, ByteString> lie : lies) {
      var failure = a.ask(liar(lie)).failure(PATIENCE);
      assertThat(failure.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("is out of reach: ");
    }
    // One that tells the truth is believed.
    a.ask(liar(asked -> envelopes.seal(to(asked, acknowledged()).build()))).get(PATIENCE);
  }

  @Test
  void anAnswerThatDoesNotFitTheQuestionIsNotUnderstood() throws Exception {
    Instance a = neighbourhood.begin(key);
    for (Answer.Builder strange :
        List.of(
            Answer.newBuilder(),
            Answer.newBuilder().setHeldResolved(HeldResolved.getDefaultInstance()))) {
      var failure =
          a.ask(liar(asked -> envelopes.seal(to(asked, strange).build()))).failure(PATIENCE);
      assertThat(failure.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
    }
  }

  @Test
  void instancesWithOtherKeysOrClocksAreOutOfReach() throws Exception {
    Instance a = neighbourhood.begin(key);
    Instance stranger = neighbourhood.begin(ClusterKey.random());
    Instance late = neighbourhood.begin(key, TIMES, ahead(Duration.ofSeconds(-31)));
    assertThat(a.ask(stranger.self()).failure(PATIENCE))
        .hasMessageContaining("UNAUTHENTICATED: request: does not open");
    assertThat(a.ask(late.self()).failure(PATIENCE))
        .hasMessageContaining("FAILED_PRECONDITION: request: asked -30");
    Instance nearly = neighbourhood.begin(key, TIMES, ahead(Duration.ofSeconds(15)));
    a.ask(nearly.self()).get(PATIENCE);
  }

  private static Clock ahead(Duration time) {
    return new Clock() {
      @Override
      public long nanoTime() {
        return Clock.system().nanoTime();
      }

      @Override
      public long currentTimeMillis() {
        return Clock.system().currentTimeMillis() + time.toMillis();
      }
    };
  }

  @Test
  void whileOneKeyFollowsAnotherInstancesUnderstandEachOther() throws Exception {
    // given the steps that instances are in while a key is exchanged, each next to the other
    List<String> steps = List.of(KEY_1, KEY_1 + "," + KEY_2, KEY_2 + "," + KEY_1, KEY_2);
    for (int i = 0; i + 1 < steps.size(); i++) {
      Instance before = neighbourhood.begin(ClusterKey.parse(steps.get(i)));
      Instance after = neighbourhood.begin(ClusterKey.parse(steps.get(i + 1)));

      // then
      before.ask(after.self()).get(PATIENCE);
      after.ask(before.self()).get(PATIENCE);
    }
  }
}
