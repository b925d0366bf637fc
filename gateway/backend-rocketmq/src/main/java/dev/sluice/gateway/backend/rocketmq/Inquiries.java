package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.MemberInquiries.Consumption;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.wire.ResponseCode;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers what administrators ask the groups' members here, by way of the brokers. All of it is
 * done on the first loop, whose connections are the members.
 */
final class Inquiries {
  /** Tools wait five seconds unless told otherwise, and want to hear why it took too long. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /** The most at once. */
  private static final int MOST = 64;

  private static final String RETRIED = "%RETRY%";

  private final RemotingClient client;
  private final EventLoop home;
  private final ShownGroups groups;
  private final GroupTerms terms;
  private final Clock clock;
  private final MemberInquiries answers;
  // Of the first loop. Each ends with its answer or its time.
  private int open;

  Inquiries(
      RemotingClient client,
      EventLoops loops,
      ShownGroups groups,
      GroupTerms terms,
      Clock clock,
      MemberInquiries answers) {
    this.client = client;
    this.home = loops.all().getFirst();
    this.groups = groups;
    this.terms = terms;
    this.clock = clock;
    this.answers = answers;
  }

  /** Hears of them from now on; the client has started. */
  void listen() {
    client.memberships().onInquiry((inquiry, answer) -> home.execute(() -> asked(inquiry, answer)));
    client
        .lites()
        .onTakenAway(
            taken -> answers.unsubscribed(taken.group(), taken.clientId(), taken.liteTopic()));
  }

  private void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {
    ShownGroup.View shown = groups.view(inquiry.group(), inquiry.clientId());
    if (shown == null) {
      answer.accept(
          refused(
              "group: '"
                  + inquiry.group()
                  + "' is not shown as "
                  + inquiry.clientId()
                  + " (any more)"));
      return;
    }
    if (open >= MOST) {
      answer.accept(
          new MemberAnswer.Refused(
              ResponseCode.SYSTEM_BUSY,
              "under way: " + open + " (expected: at most " + MOST + ")"));
      return;
    }
    open++;
    var question = new Question(answer);
    terms.group(
        inquiry.group(),
        new Completion<>() {
          @Override
          public void done(ConsumerGroup group) {
            home.execute(
                () -> {
                  switch (inquiry) {
                    case MemberInquiry.RunningInfo info -> question.info(info, shown, group);
                    case MemberInquiry.Consume consume -> question.consume(consume, group);
                  }
                });
          }

          @Override
          public void failed(GatewayException failure) {
            home.execute(() -> question.end(refused(String.valueOf(failure.getMessage()))));
          }
        });
  }

  private static MemberAnswer refused(String why) {
    return new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, why);
  }

  /** One inquiry, from its coming to its answer. */
  private final class Question {
    private final Consumer<MemberAnswer> answer;
    private final long since = clock.nanoTime();
    private boolean over;
    private MemberInquiries.@Nullable Asked asked;
    private Cancellable consuming = Cancellable.NONE;

    Question(Consumer<MemberAnswer> answer) {
      this.answer = answer;
    }

    void info(MemberInquiry.RunningInfo inquiry, ShownGroup.View shown, ConsumerGroup group) {
      if (!inquiry.threads()) {
        end(info(shown, group, null));
        return;
      }
      Runnable all = () -> home.execute(() -> threads(shown, group));
      asked = answers.threads(inquiry.group(), all);
      var _ =
          home.schedule(() -> threads(shown, group), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** All have answered, or there is no more time. */
    private void threads(ShownGroup.View shown, ConsumerGroup group) {
      if (over || asked == null) {
        return;
      }
      StringBuilder text = new StringBuilder();
      List<MemberInquiries.Threads> all = asked.end();
      for (MemberInquiries.Threads each : all) {
        text.append("==== client ").append(each.caller()).append(" ====\n");
        text.append(each.text()).append("\n\n");
      }
      if (all.isEmpty()) {
        text.append("none of its clients can be asked\n");
      }
      end(info(shown, group, text.toString()));
    }

    private static MemberAnswer info(
        ShownGroup.View shown, ConsumerGroup group, @Nullable String threads) {
      return new MemberAnswer.RunningInfo(
          shown.sinceMillis(),
          group.ordered(),
          Heartbeat.ConsumeType.CONSUME_POP,
          shown.filters().entrySet().stream().map(Question::subscription).toList(),
          Map.of("clients", Integer.toString(shown.clients())),
          threads);
    }

    private static Heartbeat.Subscription subscription(Map.Entry<String, Filter> shown) {
      Filter filter = shown.getValue();
      String type = filter.type() == Filter.Type.SQL ? "SQL92" : "TAG";
      return new Heartbeat.Subscription(shown.getKey(), type, filter.expression(), 0);
    }

    void consume(MemberInquiry.Consume inquiry, ConsumerGroup group) {
      StoredMessage stored = inquiry.message();
      String retried = stored.property(PropertyNames.RETRY_TOPIC);
      String topic =
          stored.topic().startsWith(RETRIED) && retried != null ? retried : stored.topic();
      Delivery message =
          new Deliveries(0)
              .of(
                  stored,
                  topic,
                  inquiry.brokerName(),
                  PoppedMessage.attemptAfter(stored.reconsumeTimes()),
                  "");
      if (message == null) {
        String why = "its body cannot be read: " + stored.body();
        end(consumed(MemberAnswer.Consumed.Result.CR_RETURN_NULL, group, why));
        return;
      }
      consuming =
          answers.consume(
              inquiry.group(),
              message,
              new Completion<>() {
                @Override
                public void done(Consumption made) {
                  home.execute(() -> end(consumed(result(made.result()), group, made.detail())));
                }

                @Override
                public void failed(GatewayException failure) {
                  home.execute(() -> end(refused(String.valueOf(failure.getMessage()))));
                }
              });
      var _ =
          home.schedule(
              () ->
                  end(
                      new MemberAnswer.Refused(
                          ResponseCode.CONSUME_MSG_TIMEOUT,
                          "the client that was asked has not consumed the message within "
                              + PATIENCE.toSeconds()
                              + "s; it may do so yet")),
              PATIENCE.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    private MemberAnswer consumed(
        MemberAnswer.Consumed.Result result, ConsumerGroup group, String detail) {
      long took = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - since);
      return new MemberAnswer.Consumed(result, group.ordered(), detail, took);
    }

    private static MemberAnswer.Consumed.Result result(Consumption.Result made) {
      return switch (made) {
        case CONSUMED -> MemberAnswer.Consumed.Result.CR_SUCCESS;
        case FAILED -> MemberAnswer.Consumed.Result.CR_LATER;
        case UNREADABLE -> MemberAnswer.Consumed.Result.CR_RETURN_NULL;
        case REFUSED -> MemberAnswer.Consumed.Result.CR_THROW_EXCEPTION;
      };
    }

    /** Once; what comes later goes nowhere. */
    void end(MemberAnswer made) {
      if (!over) {
        over = true;
        open--;
        consuming.cancel();
        answer.accept(made);
      }
    }
  }
}
