package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.MemberInquiries;

/** Passes inquiries on to whoever answers them now; upstreams come and go meanwhile. */
final class AnsweredInquiries implements MemberInquiries {

  private volatile MemberInquiries answers = NONE;

  void by(MemberInquiries newAnswers) {
    answers = newAnswers;
  }

  @Override
  public Asked threads(String group, Runnable all) {
    return answers.threads(group, all);
  }

  @Override
  public void unsubscribed(String group, String subscriber, String liteTopic) {
    answers.unsubscribed(group, subscriber, liteTopic);
  }

  @Override
  public Cancellable consume(String group, Delivery message, Completion<Consumption> completion) {
    return answers.consume(group, message, completion);
  }
}
