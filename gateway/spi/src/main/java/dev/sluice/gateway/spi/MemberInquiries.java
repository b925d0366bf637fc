package dev.sluice.gateway.spi;

import java.util.List;

/**
 * Answers what administrators ask, with the message system's own tools, the member that a group is
 * {@linkplain Upstream#join shown} as: only who serves its callers can ask these. Called on a loop;
 * must not block and must not throw. Safe for use by any thread.
 */
public interface MemberInquiries {

  /**
   * The message system has ended the subscription of a caller to a lite topic: another one has it
   * now, or the lite topic is not there any more.
   *
   * @param subscriber as in {@link LiteChange}
   */
  void unsubscribed(String group, String subscriber, String liteTopic);

  /** Knows no callers. */
  MemberInquiries NONE =
      new MemberInquiries() {
        @Override
        public Asked threads(String group, Runnable all) {
          all.run();
          return List::of;
        }

        @Override
        public void unsubscribed(String group, String subscriber, String liteTopic) {}

        @Override
        public Cancellable consume(
            String group, Delivery message, Completion<Consumption> completion) {
          completion.failed(
              GatewayException.notFound(
                  GatewayException.Subject.GROUP,
                  "group: '" + group + "' has nobody here who could be asked to consume"));
          return Cancellable.NONE;
        }
      };

  /**
   * Asks the group's callers what their threads do.
   *
   * @param all called when all of them have answered, perhaps at once; on any thread
   */
  Asked threads(String group, Runnable all);

  /** Callers that were asked. */
  @FunctionalInterface
  interface Asked {

    /** What they have answered until now; what comes later goes nowhere. Idempotent. */
    List<Threads> end();
  }

  /**
   * The answer of one caller.
   *
   * @param caller its name, for people
   * @param text what its threads do, or why it does not say; for people
   */
  record Threads(String caller, String text) {}

  /**
   * Has one of the group's callers consume a message, which is no delivery: nothing is acknowledged
   * whatever it does.
   *
   * @param message with an empty handle
   * @param completion on any thread; fails as {@link ErrorCategory#NOT_FOUND} about the group where
   *     nobody can be asked
   */
  Cancellable consume(String group, Delivery message, Completion<Consumption> completion);

  /**
   * What a caller made of the message.
   *
   * @param detail who it was and what it said, for people
   */
  record Consumption(Result result, String detail) {

    /** How it went. */
    public enum Result {
      /** It is consumed. */
      CONSUMED,
      /** It would have to come again. */
      FAILED,
      /** The caller could not read it. */
      UNREADABLE,
      /** The caller does not do such a thing. */
      REFUSED
    }
  }
}
