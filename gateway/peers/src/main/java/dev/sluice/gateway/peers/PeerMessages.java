package dev.sluice.gateway.peers;

import dev.sluice.gateway.proto.peers.Acknowledged;
import dev.sluice.gateway.proto.peers.Answer;
import dev.sluice.gateway.proto.peers.ComesAgain;
import dev.sluice.gateway.proto.peers.Failure;
import dev.sluice.gateway.proto.peers.HeldResolved;
import dev.sluice.gateway.proto.peers.Request;
import dev.sluice.gateway.proto.peers.Resolution;
import dev.sluice.gateway.proto.peers.ResolveHeld;
import dev.sluice.gateway.proto.peers.Resolved;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import java.time.Duration;
import java.util.Optional;

/** Questions and answers as the protocol has them. */
final class PeerMessages {

  private PeerMessages() {}

  static void write(PeerQuestion<?> question, Request.Builder request) {
    switch (question) {
      case PeerQuestion.ResolveHeld resolve -> {
        var all = ResolveHeld.newBuilder();
        resolve.resolutions().forEach(resolution -> all.addResolutions(of(resolution)));
        request.setResolveHeld(all);
      }
      case PeerQuestion.CompareStands compare ->
          request.setCompareStands(StandMessages.of(compare));
    }
  }

  /**
   * The question; empty where this instance knows no such.
   *
   * @throws IllegalArgumentException where it is none that may be asked
   */
  static Optional<PeerQuestion<?>> question(Request request) {
    return switch (request.getQuestionCase()) {
      case RESOLVE_HELD ->
          Optional.of(
              new PeerQuestion.ResolveHeld(
                  request.getResolveHeld().getResolutionsList().stream()
                      .map(PeerMessages::of)
                      .toList()));
      case COMPARE_STANDS -> Optional.of(StandMessages.of(request.getCompareStands()));
      case QUESTION_NOT_SET -> Optional.empty();
    };
  }

  static void write(PeerAnswer given, Answer.Builder answer) {
    switch (given) {
      case PeerAnswer.HeldResolved resolved -> {
        var all = HeldResolved.newBuilder();
        resolved.outcomes().forEach(outcome -> all.addResolved(of(outcome)));
        answer.setHeldResolved(all);
      }
      case PeerAnswer.StandsCompared compared ->
          answer.setStandsCompared(StandMessages.of(compared));
    }
  }

  /** The answer to the question; empty where it is none to it. */
  static <A extends PeerAnswer> Optional<A> answer(Answer answer, PeerQuestion<A> question) {
    Optional<PeerAnswer> given =
        switch (answer.getAnswerCase()) {
          case HELD_RESOLVED ->
              Optional.of(
                  new PeerAnswer.HeldResolved(
                      answer.getHeldResolved().getResolvedList().stream()
                          .map(PeerMessages::of)
                          .toList()));
          case STANDS_COMPARED -> StandMessages.of(answer.getStandsCompared());
          case NOT_MINE, NOT_UNDERSTOOD, FAILED, ANSWER_NOT_SET -> Optional.empty();
        };
    return given
        .filter(question.answer()::isInstance)
        .map(question.answer()::cast)
        .filter(question::isAnsweredBy);
  }

  private static Resolution of(HeldResolution resolution) {
    var message =
        Resolution.newBuilder().setHold(resolution.hold()).setValidUntil(resolution.validUntil());
    return switch (resolution) {
      case HeldResolution.Acknowledge _ -> message.build();
      case HeldResolution.ComeAgain later ->
          message.setInvisibleMs(later.invisible().toMillis()).build();
    };
  }

  private static HeldResolution of(Resolution message) {
    if (!message.hasInvisibleMs()) {
      return new HeldResolution.Acknowledge(message.getHold(), message.getValidUntil());
    }
    return new HeldResolution.ComeAgain(
        message.getHold(), message.getValidUntil(), Duration.ofMillis(message.getInvisibleMs()));
  }

  private static Resolved of(HeldOutcome outcome) {
    var message = Resolved.newBuilder();
    return switch (outcome) {
      case HeldOutcome.Acknowledged _ ->
          message.setAcknowledged(Acknowledged.getDefaultInstance()).build();
      case HeldOutcome.ComesAgain again ->
          message
              .setComesAgain(
                  ComesAgain.newBuilder()
                      .setHandle(again.handle().handle())
                      .setVisibleAgainAt(again.handle().visibleAgainAt())
                      .setHold(again.hold()))
              .build();
      case HeldOutcome.Failed failed -> message.setFailed(of(failed.failure())).build();
    };
  }

  private static HeldOutcome of(Resolved message) {
    return switch (message.getOutcomeCase()) {
      case ACKNOWLEDGED -> new HeldOutcome.Acknowledged();
      case COMES_AGAIN ->
          new HeldOutcome.ComesAgain(
              new NewHandle(
                  message.getComesAgain().getHandle(), message.getComesAgain().getVisibleAgainAt()),
              message.getComesAgain().getHold());
      case FAILED -> new HeldOutcome.Failed(of(message.getFailed()));
      case OUTCOME_NOT_SET ->
          new HeldOutcome.Failed(
              GatewayException.internal("peer: an outcome that is not known here", null));
    };
  }

  static Failure of(GatewayException failure) {
    return Failure.newBuilder()
        .setCategory(failure.category().name())
        .setSubject(failure.subject().name())
        .setMessage(failure.getMessage())
        .build();
  }

  static GatewayException of(Failure failure) {
    return new GatewayException(
        named(ErrorCategory.class, failure.getCategory(), ErrorCategory.INTERNAL),
        named(Subject.class, failure.getSubject(), Subject.NONE),
        failure.getMessage());
  }

  /** Another version may have words that this one has not. */
  private static <E extends Enum<E>> E named(Class<E> type, String name, E otherwise) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    return otherwise;
  }
}
